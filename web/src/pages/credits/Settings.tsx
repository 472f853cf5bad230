import { Autocomplete, Checkbox, NativeSelect, NumberInput, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Credits } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay, useRunsServer, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import classes from "./Credits.module.css";
import { NOUNS, readCredits } from "./credits";
import { ACTIONS, COVERAGES, DUAL_MODES, MODES, OUTAGES, REFUSALS, type SettingsDraft, UNRATED, WARNINGS, changeOf, draftOf } from "./settings";

/** How the organization pays. */
export function Settings() {
  const tenant = useTenant();
  return (
    <Loaded queryKey={keyOf(tenant, "credit-settings")} load={() => readCredits(tenant)}>
      {(read, reload) => <Form read={read} reload={reload} />}
    </Loaded>
  );
}

const FIELDS = [
  "currency",
  "credit_limit",
  "credit_months",
  "outbound_deck",
  "toll_free_deck",
  "low_balance",
  "person_limit",
  "per_minute_max",
  "per_call_max",
  "toll_free_reserve",
] as const satisfies readonly (keyof SettingsDraft)[];

function Form({ read: { value, tag }, reload }: { read: Tagged<Credits>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { draft, edit } = useDraft(() => draftOf(value));
  const mayWrite = may("credits.write");
  const save = (known: string | undefined) => {
    const params = { path: { tenant }, header: ifMatch(known) };
    return answer(api.PATCH("/api/v1/tenants/{tenant}/credits", { params, body: changeOf(draftOf(value), draft) }));
  };
  const saved = () => {
    outdate(tenant, new Set(NOUNS));
    reload();
  };
  const text = (field: (typeof FIELDS)[number], ofField: (field: string) => string | undefined, isOurs: boolean) => (
    <TextInput
      label={t(`credits.field.${field}`)}
      description={t(`credits.hint.${field}`)}
      disabled={!isOurs}
      value={draft[field]}
      error={ofField(field)}
      onChange={(event) => edit({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <div className={classes.form}>
      <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={[...FIELDS, "mails", "warning", "refusal"]}>
        {(ofField) => (
          <fieldset className="plain" disabled={!mayWrite}>
            {!sells && <Text size="sm">{t("credits.sellersOnly")}</Text>}
            <Checkbox label={t("credits.field.enabled")} disabled={!sells} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />
            <Checkbox
              label={t("credits.field.frozen")}
              description={t("credits.hint.frozen")}
              disabled={!sells}
              checked={draft.frozen}
              onChange={(event) => edit({ frozen: event.currentTarget.checked })}
            />
            <div className={classes.pair}>
              {text("low_balance", ofField, true)}
              {text("toll_free_reserve", ofField, true)}
              {text("person_limit", ofField, true)}
              {text("per_minute_max", ofField, true)}
              {text("per_call_max", ofField, true)}
            </div>
            <TagsInput
              label={t("credits.field.mails")}
              description={t("credits.hint.mails")}
              error={ofField("mails")}
              value={draft.mails}
              onChange={(mails) => edit({ mails })}
            />
            <End draft={draft} edit={edit} />
            <NativeSelect
              label={t("credits.field.warning")}
              description={t("credits.hint.warning")}
              disabled={draft.action === "hangup_now"}
              value={draft.warning}
              error={ofField("warning")}
              onChange={(event) => edit({ warning: event.currentTarget.value })}
              data={WARNINGS.map((one) => ({ value: one, label: t(`credits.warning.${one}`) }))}
            />
            <NativeSelect
              label={t("credits.field.refusal")}
              description={t("credits.hint.refusal")}
              value={draft.refusal}
              error={ofField("refusal")}
              onChange={(event) => edit({ refusal: event.currentTarget.value })}
              data={REFUSALS.map((one) => ({ value: one, label: t(`credits.refusal.${one}`) }))}
            />
            <NativeSelect
              label={t("credits.field.dual_mode")}
              value={draft.dual_mode}
              onChange={(event) => edit({ dual_mode: event.currentTarget.value })}
              data={DUAL_MODES.map((one) => ({ value: one, label: t(`credits.dual.${one}`) }))}
            />
            <Checkbox
              label={t("credits.field.use_partial_pools")}
              checked={draft.use_partial_pools}
              onChange={(event) => edit({ use_partial_pools: event.currentTarget.checked })}
            />
            <div className={classes.pair}>
              {text("currency", ofField, sells)}
              <NativeSelect
                label={t("credits.field.mode")}
                disabled={!sells}
                value={draft.mode}
                onChange={(event) => edit({ mode: event.currentTarget.value })}
                data={MODES.map((one) => ({ value: one, label: t(`credits.mode.${one}`) }))}
              />
              {text("credit_limit", ofField, sells)}
              {text("credit_months", ofField, sells)}
              <DeckField field="outbound_deck" direction="outbound" draft={draft} edit={edit} error={ofField("outbound_deck")} />
              <DeckField field="toll_free_deck" direction="toll_free_inbound" draft={draft} edit={edit} error={ofField("toll_free_deck")} />
              <NativeSelect
                label={t("credits.field.coverage")}
                disabled={!sells}
                value={draft.coverage}
                onChange={(event) => edit({ coverage: event.currentTarget.value })}
                data={COVERAGES.map((one) => ({ value: one, label: t(`credits.coverage.${one}`) }))}
              />
              <NativeSelect
                label={t("credits.field.unrated")}
                disabled={!sells}
                value={draft.unrated}
                onChange={(event) => edit({ unrated: event.currentTarget.value })}
                data={UNRATED.map((one) => ({ value: one, label: t(`credits.unrated.${one}`) }))}
              />
              <NativeSelect
                label={t("credits.field.on_outage")}
                disabled={!sells}
                value={draft.on_outage}
                onChange={(event) => edit({ on_outage: event.currentTarget.value })}
                data={OUTAGES.map((one) => ({ value: one, label: t(`credits.outage.${one}`) }))}
              />
            </div>
          </fieldset>
        )}
      </EditForm>
    </div>
  );
}

type PartProps = { draft: SettingsDraft; edit: (change: Partial<SettingsDraft>) => void };

/** What becomes of a call when nothing is left. */
function End({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t("credits.field.on_exhaustion")}
        description={t("credits.hint.on_exhaustion")}
        value={draft.action}
        onChange={(event) => edit({ action: ACTIONS.find((one) => one === event.currentTarget.value) ?? draft.action })}
        data={ACTIONS.map((one) => ({ value: one, label: t(`credits.action.${one}`) }))}
      />
      {draft.action === "finish_call" && (
        <div className={classes.pair}>
          <NumberInput
            label={t("credits.field.seconds_max")}
            min={0}
            allowDecimal={false}
            value={draft.seconds_max}
            onChange={(seconds) => edit({ seconds_max: String(seconds) })}
          />
          <TextInput label={t("credits.field.debt_max")} value={draft.debt_max} onChange={(event) => edit({ debt_max: event.currentTarget.value })} />
        </div>
      )}
    </>
  );
}

type DeckFieldProps = PartProps & { field: "outbound_deck" | "toll_free_deck"; direction: string; error: string | undefined };

/** The name of a deck; who may see the decks of the server chooses among them. */
function DeckField({ field, direction, draft, edit, error }: DeckFieldProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data } = useQuery({
    queryKey: keyOf(tenant, "rate-decks"),
    queryFn: () => answer(api.GET("/api/v1/rate-decks")),
    enabled: useRunsServer(),
    meta: { nouns: ["rate_deck"] },
  });
  const names = new Set(data?.items.filter((deck) => deck.direction === direction).map(({ name }) => name));
  return (
    <Autocomplete
      label={t(`credits.field.${field}`)}
      description={t(`credits.hint.${field}`)}
      disabled={!useSells()}
      value={draft[field]}
      error={error}
      onChange={(name) => edit({ [field]: name })}
      data={[...names]}
    />
  );
}
