import { Alert, Button, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Credits as Wallet } from "../../api/__generated__/schema";
import { amount } from "../../format/money";
import { sentence } from "../../format/sentence";
import { moment } from "../../format/time";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { useView } from "../../ui/list/view";
import classes from "./Credits.module.css";
import { Billing } from "./Billing";
import { Entries } from "./Entries";
import { Lots } from "./Lots";
import { Adjust, Redeem, TopUp } from "./Movements";
import { Recharge } from "./Recharge";
import { Settings } from "./Settings";
import { creditsQuery, lotsQuery } from "./credits";

const TABS = ["entries", "lots", "settings", "recharge", "billing"] as const;
type Search = Partial<Record<string, string>>;

/** What an organization has, where it came from and went, and how it pays. */
export function Credits() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { view, show } = useView();
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data: wallet, error } = useQuery(creditsQuery(tenant));
  const tab = TABS.find((one) => one === search["about"]) ?? "entries";
  const close = () => show({ open: "" });
  const actions = may("credits.write") && wallet?.enabled === true && (
    <>
      <Button variant={sells ? "default" : "filled"} onClick={() => show({ open: "redeem" })}>
        {t("credits.redeem")}
      </Button>
      {sells && (
        <>
          <Button variant="default" onClick={() => show({ open: "adjust" })}>
            {t("credits.adjust")}
          </Button>
          <Button onClick={() => show({ open: "top-up" })}>{t("credits.topUp")}</Button>
        </>
      )}
    </>
  );
  return (
    <Page title={t("section.credits")} actions={actions}>
      <div className={classes.page}>
        <ProblemNotice error={error} />
        {wallet && <Figures wallet={wallet} />}
        {wallet?.warnings?.map(({ code, message, fix }) => (
          <Alert key={`${code} ${message}`} color="orange" variant="outline" title={sentence(message)}>
            <Text size="sm">{sentence(fix)}</Text>
          </Alert>
        ))}
        {wallet && (
          <Tabs value={tab} onChange={(about) => void navigate({ to: ".", search: { about: about ?? "entries" } })} keepMounted={false}>
            <Tabs.List>
              {TABS.map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {t(`credits.tabs.${one}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="entries" pt="md">
              <Entries currency={wallet.currency} />
            </Tabs.Panel>
            <Tabs.Panel value="lots" pt="md">
              <Lots currency={wallet.currency} />
            </Tabs.Panel>
            <Tabs.Panel value="settings" pt="md">
              <Settings />
            </Tabs.Panel>
            <Tabs.Panel value="recharge" pt="md">
              <Recharge />
            </Tabs.Panel>
            <Tabs.Panel value="billing" pt="md">
              <Billing />
            </Tabs.Panel>
          </Tabs>
        )}
      </div>
      {view.open === "top-up" && wallet && (
        <SidePanel title={t("credits.topUp")} onClose={close}>
          <TopUp currency={wallet.currency} onDone={close} />
        </SidePanel>
      )}
      {view.open === "adjust" && wallet && (
        <SidePanel title={t("credits.adjust")} onClose={close}>
          <Adjust currency={wallet.currency} onDone={close} />
        </SidePanel>
      )}
      {view.open === "redeem" && (
        <SidePanel title={t("credits.redeem")} onClose={close}>
          <Redeem onDone={close} />
        </SidePanel>
      )}
    </Page>
  );
}

const LOOKS: Partial<Record<string, "fine" | "warned" | "bad">> = { active: "fine", low: "warned", empty: "bad", frozen: "bad" };
const STATES = ["active", "low", "empty", "frozen"] as const;

function Figures({ wallet }: { wallet: Wallet }) {
  const { t } = useTranslation();
  const { data: lots = [] } = useQuery(lotsQuery(useTenant()));
  const { currency, enabled, settings } = wallet;
  const state = STATES.find((one) => one === wallet.state);
  const lapsing = lots
    .filter((lot) => lot.expires_at != null && !/^0(\.0+)?$/.test(lot.remaining))
    .toSorted((a, b) => Date.parse(a.expires_at ?? "") - Date.parse(b.expires_at ?? ""))[0];
  const facts: [string, React.ReactNode][] = [
    [t("credits.balance"), amount(wallet.balance, currency)],
    [t("credits.owed"), amount(wallet.owed, currency)],
    [t("credits.reserve"), amount(settings.toll_free_reserve, currency)],
    [t("credits.runsOut"), wallet.runs_out_at == null ? t("credits.notSoon") : moment(wallet.runs_out_at)],
    [
      t("credits.lapsesNext"),
      lapsing === undefined ? t("credits.never") : t("credits.lapses", { amount: amount(lapsing.remaining, currency), at: moment(lapsing.expires_at) }),
    ],
    [
      t("live.state"),
      enabled ? <State is={LOOKS[wallet.state] ?? "quiet"}>{state === undefined ? wallet.state : t(`credits.state.${state}`)}</State> : t("credits.off"),
    ],
  ];
  return (
    <dl className={classes.figures}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
