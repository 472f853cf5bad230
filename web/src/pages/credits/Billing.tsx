import { Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BillingTax, Credits } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import classes from "./Credits.module.css";
import { PARTIES, PARTY_FIELDS, type Party, bodyOf, draftOf } from "./billing";
import { NOUNS, readCredits } from "./credits";

/** How the organization is billed: who sells, who buys, and which taxes are due. */
export function Billing() {
  const tenant = useTenant();
  return (
    <Loaded queryKey={keyOf(tenant, "billing")} load={() => readCredits(tenant)}>
      {(read, reload) => <Form read={read} reload={reload} />}
    </Loaded>
  );
}

function Form({ read: { value, tag }, reload }: { read: Tagged<Credits>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { draft, edit } = useDraft(() => draftOf(value.settings.billing));
  const save = (known: string | undefined) =>
    answer(api.PATCH("/api/v1/tenants/{tenant}/credits", { params: { path: { tenant }, header: ifMatch(known) }, body: { billing: bodyOf(draft) } }));
  const saved = () => {
    outdate(tenant, new Set(NOUNS));
    reload();
  };
  return (
    <div className={classes.form}>
      <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={["billing.taxes"]}>
        {(ofField) => (
          <fieldset className="plain" disabled={!sells || !may("credits.write")}>
            {!sells && <Text size="sm">{t("credits.sellersOnly")}</Text>}
            <Checkbox label={t("credits.billing.monthly")} description={t("credits.billing.monthlyHint")} checked={draft.monthly} onChange={(event) => edit({ monthly: event.currentTarget.checked })} />
            {PARTIES.map((who) => (
              <PartyFields key={who} legend={t(`credits.billing.${who}`)} party={draft[who]} onChange={(party) => edit({ [who]: party })} />
            ))}
            <Taxes taxes={draft.taxes} error={ofField("billing.taxes")} onChange={(taxes) => edit({ taxes })} />
          </fieldset>
        )}
      </EditForm>
    </div>
  );
}

function PartyFields({ legend, party, onChange }: { legend: string; party: Party; onChange: (party: Party) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.part}>
      <legend>{legend}</legend>
      <div className={classes.pair}>
        {PARTY_FIELDS.map((field) => (
          <TextInput
            key={field}
            label={t(`credits.billing.field.${field}`)}
            value={party[field]}
            onChange={(event) => onChange({ ...party, [field]: event.currentTarget.value })}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Taxes({ taxes, error, onChange }: { taxes: readonly BillingTax[]; error: string | undefined; onChange: (taxes: BillingTax[]) => void }) {
  const { t } = useTranslation();
  const set = (place: number, change: Partial<BillingTax>) => onChange(taxes.map((tax, at) => (at === place ? { ...tax, ...change } : tax)));
  return (
    <fieldset className={classes.part}>
      <legend>{t("credits.billing.taxes")}</legend>
      <Stack gap="xs">
        {taxes.map((tax, place) => (
          <Group key={place} align="flex-end" gap="xs">
            <TextInput label={t("credits.billing.tax")} placeholder="VAT" value={tax.name} onChange={(event) => set(place, { name: event.currentTarget.value })} />
            <TextInput
              label={t("credits.billing.percent")}
              placeholder="19"
              inputMode="decimal"
              value={tax.percent}
              onChange={(event) => set(place, { percent: event.currentTarget.value })}
            />
            <Button variant="default" aria-label={t("choice.remove", { name: tax.name })} onClick={() => onChange(taxes.filter((_, at) => at !== place))}>
              ✕
            </Button>
          </Group>
        ))}
        {error !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)">
            {error}
          </Text>
        )}
        <Button variant="default" w="fit-content" onClick={() => onChange([...taxes, { name: "", percent: "" }])}>
          {t("credits.billing.addTax")}
        </Button>
      </Stack>
    </fieldset>
  );
}
