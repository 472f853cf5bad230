import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { useMe } from "../session/me";
import { tenantsQuery } from "../session/tenants";
import { Preferences } from "../shell/Preferences";
import { ServerAway } from "../shell/ServerAway";
import { SessionEnded } from "../shell/SessionEnded";
import { ProblemNotice } from "../ui/ProblemNotice";
import { PhoneView } from "./PhoneView";
import classes from "./Phone.module.css";
import { WhoToBe } from "./WhoToBe";
import { type Holder, ownPhoneQuery } from "./queries";

// The phone is there before the menu is.
const AccountMenu = lazy(async () => {
  const [module] = await Promise.all([import("../shell/AccountMenu"), import("../ui/mantineMore")]);
  return { default: module.AccountMenu };
});

/** The phone, with a page of its own. */
export function PhonePage() {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Link to={paths.start} className={classes.brand}>
          Trunkline
        </Link>
        <span className={classes.space} />
        <Preferences />
        <Suspense fallback={<span className={classes.menu} />}>
          <AccountMenu />
        </Suspense>
      </header>
      <ServerAway />
      <SessionEnded />
      <main className={classes.main} aria-label={t("phone.title")}>
        <Chosen />
      </main>
    </div>
  );
}

const OWN: Holder = {};

function Chosen() {
  const { t } = useTranslation();
  const me = useMe();
  const { tenant, as }: { tenant?: string; as?: string } = useSearch({ strict: false });
  const { data: own, error } = useQuery(ownPhoneQuery);
  const { data: tenants } = useSuspenseQuery(tenantsQuery(me));
  if (own === undefined) return <ProblemNotice error={error} />;
  const played = tenant ?? tenants[0]?.slug;
  if (own.plays_anybody && played !== undefined && (as !== undefined || own.person == null)) {
    if (as === undefined) return <WhoToBe tenant={played} />;
    const holder: Holder = as === "outside" ? { tenant: played } : { tenant: played, user: as };
    return <PhoneView key={`${played}/${as}`} name={`${played}/${as}`} holder={holder} isPlayed />;
  }
  if (own.person != null) return <PhoneView key="own" name={`own/${own.person.id}`} holder={OWN} isPlayed={false} />;
  return (
    <div className={classes.card}>
      <h1 className={classes.title}>{t("phone.title")}</h1>
      <p>{t("phone.noPerson")}</p>
    </div>
  );
}
