import { Checkbox, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Credits, Recharge as Wanted } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import classes from "./Credits.module.css";
import { NOUNS, readCredits } from "./credits";

const AMOUNTS = ["trigger", "amount", "monthly_cap"] as const satisfies readonly (keyof Wanted)[];

/** How the balance fills itself up. */
export function Recharge() {
  const tenant = useTenant();
  return (
    <Loaded queryKey={keyOf(tenant, "recharge")} load={() => readCredits(tenant)}>
      {(read, reload) => <Form read={read} reload={reload} />}
    </Loaded>
  );
}

function Form({ read: { value, tag }, reload }: { read: Tagged<Credits>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { auto_recharge: before, has_card: hasCard } = value.settings;
  const { draft, edit } = useDraft<Wanted>(before ?? { enabled: false, trigger: "", amount: "", monthly_cap: "" });
  const save = (known: string | undefined) => {
    const isEmpty = !draft.enabled && AMOUNTS.every((field) => draft[field].trim() === "");
    const params = { path: { tenant }, header: ifMatch(known) };
    return answer(api.PATCH("/api/v1/tenants/{tenant}/credits", { params, body: { auto_recharge: isEmpty ? null : draft } }));
  };
  const saved = () => {
    outdate(tenant, new Set(NOUNS));
    reload();
  };
  return (
    <div className={classes.form}>
      <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")}>
        {() => (
          <fieldset className="plain" disabled={!may("credits.write")}>
            <Text size="sm">{t("credits.recharge.hint")}</Text>
            <Text size="sm">
              <State is={hasCard === true ? "fine" : "warned"}>{t(hasCard === true ? "credits.recharge.card" : "credits.recharge.noCard")}</State>{" "}
              {hasCard !== true && (
                <Link to={paths.section(tenant, "payments")} search={{ open: "new" }}>
                  {t("payments.add")}
                </Link>
              )}
            </Text>
            <Checkbox label={t("credits.recharge.enabled")} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />
            {AMOUNTS.map((field) => (
              <TextInput
                key={field}
                label={t(`credits.recharge.${field}`, { currency: value.currency })}
                inputMode="decimal"
                required={draft.enabled}
                value={draft[field]}
                onChange={(event) => edit({ [field]: event.currentTarget.value })}
              />
            ))}
          </fieldset>
        )}
      </EditForm>
    </div>
  );
}
