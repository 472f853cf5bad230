import { Checkbox, MultiSelect, NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PeopleField } from "../../choices/PeopleField";
import type { Fields } from "../../ui/noun/NounPage";
import { KINDS, PERS, type RuleDraft } from "./draft";
import { Trial } from "./Trial";

/** How far back calls can be counted. */
const SECONDS_MIN = 60;
const SECONDS_MAX = 86_400;

type Part = Fields<RuleDraft>;

/** What a rule against fraud is, with its trial. */
export function RuleFields({ part, isThere, currency }: { part: Part; isThere: boolean; currency: string }) {
  const { t } = useTranslation();
  const { draft, edit, ofField } = part;
  return (
    <>
      <TextInput label={t("budgets.name")} required disabled={isThere} error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <Checkbox label={t("fraud.enabled")} description={t("fraud.enabledHint")} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />
      <TagsInput label={t("fraud.prefixes")} description={t("fraud.prefixesHint")} error={ofField("calls.prefixes")} value={draft.prefixes} onChange={(prefixes) => edit({ prefixes })} />
      <TagsInput label={t("fraud.countries")} description={t("sites.countryHint")} error={ofField("calls.countries")} value={draft.countries} onChange={(countries) => edit({ countries })} />
      <MultiSelect
        label={t("fraud.kinds")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("calls.kinds")}
        value={draft.kinds}
        onChange={(kinds) => edit({ kinds })}
        data={KINDS.map((value) => ({ value, label: t(`fraud.kind.${value}`) }))}
      />
      <TextInput
        label={t("fraud.dearerThan", { currency })}
        inputMode="decimal"
        error={ofField("calls.dearer_than")}
        value={draft.dearer_than}
        onChange={(event) => edit({ dearer_than: event.currentTarget.value })}
      />
      <Checkbox label={t("fraud.counts")} description={t("fraud.countsHint")} checked={draft.counts} onChange={(event) => edit({ counts: event.currentTarget.checked })} />
      {draft.counts && <Velocity {...part} currency={currency} />}
      <PeopleField label={t("fraud.exempt")} isSet value={draft.exempt} onChange={(exempt) => edit({ exempt })} />
      <Trial draft={draft} currency={currency} />
    </>
  );
}

function Velocity({ draft, edit, ofField, currency }: Part & { currency: string }) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t("fraud.per")}
        value={draft.per}
        onChange={(event) => edit({ per: event.currentTarget.value })}
        data={PERS.map((value) => ({ value, label: t(`fraud.pers.${value}`) }))}
      />
      <NumberInput
        label={t("fraud.seconds")}
        min={SECONDS_MIN}
        max={SECONDS_MAX}
        allowDecimal={false}
        required
        error={ofField("velocity.seconds")}
        value={draft.seconds}
        onChange={(seconds) => edit({ seconds: String(seconds) })}
      />
      <NumberInput label={t("fraud.callsMax")} min={0} allowDecimal={false} value={draft.calls_max} onChange={(calls) => edit({ calls_max: String(calls) })} />
      <TextInput
        label={t("fraud.amountMax", { currency })}
        inputMode="decimal"
        error={ofField("velocity.amount_max")}
        value={draft.amount_max}
        onChange={(event) => edit({ amount_max: event.currentTarget.value })}
      />
    </>
  );
}
