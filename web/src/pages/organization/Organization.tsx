import { Checkbox, NativeSelect, NumberInput, Stack, TagsInput, TextInput, Textarea, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Tenant } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { PersonSelect } from "../../choices/PersonSelect";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { type Draft, useDraft } from "../../ui/form/draft";
import credits from "../credits/Credits.module.css";
import { ENFORCEMENTS, type OrganizationDraft, RESTS, SIGNS, TOLD, changeOf, draftOf } from "./draft";

const FIELDS = ["name", "country", "language", "time_zone", "emergency_numbers", "fallback_operator", "license_enforcement", "number_block", "supervision_notice", "number_mails"] as const;

/** What holds for all of an organization: its name, place and clock, and what its people are told. */
export function Organization() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const load = () => answerWithTag(api.GET("/api/v1/tenants/{tenant}", { params: { path: { tenant } } }));
  return (
    <Page title={t("section.organization")}>
      <Stack gap="lg" className={credits.form ?? ""}>
        <Loaded queryKey={keyOf(tenant, "organization")} load={load}>
          {(read, reload) => <Form read={read} reload={reload} />}
        </Loaded>
        {may("call_records.read") && <Retention />}
      </Stack>
    </Page>
  );
}

function Form({ read: { value, tag }, reload }: { read: Tagged<Tenant>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const part = useDraft(() => draftOf(value));
  const { draft, edit } = part;
  const save = (known: string | undefined) =>
    answer(api.PATCH("/api/v1/tenants/{tenant}", { params: { path: { tenant }, header: ifMatch(known) }, body: changeOf(draftOf(value), draft) }));
  const saved = () => {
    outdate(tenant, new Set(["tenant"]));
    reload();
  };
  return (
    <>
      <Facts
        facts={[
          [t("organization.slug"), value.slug],
          [t("organization.domain"), value.sip_domain],
        ]}
      />
      <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={FIELDS}>
        {(ofField) => (
          <fieldset className="plain" disabled={!may("tenants.write")}>
            {(["name", "country", "language", "time_zone"] as const).map((field) => (
              <TextInput
                key={field}
                label={t(`organization.field.${field}`)}
                required
                error={ofField(field)}
                value={draft[field]}
                onChange={(event) => edit({ [field]: event.currentTarget.value })}
              />
            ))}
            <TagsInput
              label={t("organization.field.emergency_numbers")}
              description={t("organization.emergencyHint")}
              error={ofField("emergency_numbers")}
              value={draft.emergency_numbers}
              onChange={(emergency_numbers) => edit({ emergency_numbers })}
            />
            <PersonSelect label={t("organization.field.fallback_operator")} value={draft.fallback_operator} onChange={(person) => edit({ fallback_operator: person?.id ?? "" })} />
            <NativeSelect
              label={t("organization.field.license_enforcement")}
              description={t("organization.sellersOnly")}
              disabled={!sells}
              error={ofField("license_enforcement")}
              value={draft.license_enforcement}
              onChange={({ currentTarget: { value: chosen } }) => edit({ license_enforcement: ENFORCEMENTS.find((one) => one === chosen) ?? draft.license_enforcement })}
              data={ENFORCEMENTS.map((one) => ({ value: one, label: t(`organization.enforcement.${one}`) }))}
            />
            <NativeSelect
              label={t("organization.field.number_block")}
              error={ofField("number_block")}
              value={draft.rest}
              onChange={({ currentTarget: { value: chosen } }) => edit({ rest: RESTS.find((one) => one === chosen) ?? draft.rest })}
              data={RESTS.map((one) => ({ value: one, label: t(`organization.rest.${one}`) }))}
            />
            {draft.rest === "days" && (
              <NumberInput label={t("organization.restDays")} min={1} max={365} allowDecimal={false} value={draft.rest_days} onChange={(days) => edit({ rest_days: Number(days) })} />
            )}
            <NativeSelect
              label={t("organization.field.supervision_notice")}
              description={t("organization.supervisionHint")}
              error={ofField("supervision_notice")}
              value={draft.told}
              onChange={({ currentTarget: { value: chosen } }) => edit({ told: TOLD.find((one) => one === chosen) ?? draft.told })}
              data={TOLD.map((one) => ({ value: one, label: t(`organization.told.${one}`) }))}
            />
            {draft.told !== "nobody" && (
              <NativeSelect
                label={t("organization.sign")}
                value={draft.sign}
                onChange={({ currentTarget: { value: chosen } }) => edit({ sign: SIGNS.find((one) => one === chosen) ?? draft.sign })}
                data={SIGNS.map((one) => ({ value: one, label: t(`organization.signs.${one}`) }))}
              />
            )}
            <MailFields {...part} on="assigned" words="assigned_words" />
            <MailFields {...part} on="unassigned" words="unassigned_words" />
          </fieldset>
        )}
      </EditForm>
    </>
  );
}

type MailFieldsProps = Pick<Draft<OrganizationDraft>, "draft" | "edit"> & { on: "assigned" | "unassigned"; words: "assigned_words" | "unassigned_words" };

/** Whether people are told by mail that they got or lost a number, and in which words. */
function MailFields({ draft, edit, on, words }: MailFieldsProps) {
  const { t } = useTranslation();
  const typed = draft[words];
  return (
    <>
      <Checkbox label={t(`organization.mail.${on}`)} checked={draft[on]} onChange={(event) => edit({ [on]: event.currentTarget.checked })} />
      {draft[on] && (
        <fieldset className="plain">
          <legend>{t(`organization.words.${on}`)}</legend>
          <TextInput
            label={t("organization.subject")}
            description={t("organization.wordsHint")}
            value={typed.subject}
            onChange={(event) => edit({ [words]: { ...typed, subject: event.currentTarget.value } })}
          />
          <Textarea label={t("organization.text")} rows={4} value={typed.text} onChange={(event) => edit({ [words]: { ...typed, text: event.currentTarget.value } })} />
        </fieldset>
      )}
    </>
  );
}

/** For how many days the facts of reports are kept. */
function Retention() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const params = { path: { tenant } };
  return (
    <section aria-labelledby="retention">
      <Title order={2} size="h5" id="retention" mb="xs">
        {t("organization.retention")}
      </Title>
      <Loaded queryKey={keyOf(tenant, "report-retention")} load={() => answer(api.GET("/api/v1/tenants/{tenant}/reports/retention", { params }))}>
        {({ days }) => <RetentionForm days={days} />}
      </Loaded>
    </section>
  );
}

function RetentionForm({ days }: { days: number }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ days });
  const params = { path: { tenant } };
  return (
    <EditForm save={() => answer(api.PUT("/api/v1/tenants/{tenant}/reports/retention", { params, body: draft }))} submit={t("organization.keep")} fields={["days"]}>
      {(ofField) => (
        <NumberInput
          label={t("organization.days")}
          description={t("organization.daysHint")}
          disabled={!may("call_records.write")}
          allowDecimal={false}
          error={ofField("days")}
          value={draft.days}
          onChange={(value) => edit({ days: Number(value) })}
        />
      )}
    </EditForm>
  );
}
