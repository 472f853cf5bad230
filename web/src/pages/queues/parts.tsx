import { Checkbox, MultiSelect, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ExitField } from "../../choices/ExitField";
import { PeopleField } from "../../choices/PeopleField";
import { PromptField } from "../../choices/PromptField";
import { namedQuery } from "../../choices/named";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import type { Draft } from "../../ui/form/draft";
import { type QueueDraft, ROUTINGS } from "./draft";

type PartProps = Pick<Draft<QueueDraft>, "draft" | "edit">;

/** What a queue is called, and what callers hear first. */
export function General({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("queues.name")}
        required
        value={draft.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("flow.language")}
        description={t("flow.languageHint")}
        required
        value={draft.language}
        onChange={(event) => edit({ language: event.currentTarget.value })}
      />
      <PromptField
        label={t("queues.greeting")}
        description={t("queues.greetingHint")}
        value={draft.greeting}
        onChange={(greeting) => edit({ greeting })}
      />
    </>
  );
}

/** Who answers. */
export function Agents({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { data: groups = [] } = useQuery({ ...namedQuery(useTenant(), "group"), enabled: may("groups.read") });
  return (
    <>
      <PeopleField label={t("queues.agents")} value={draft.agents} onChange={(agents) => edit({ agents })} />
      <MultiSelect
        label={t("queues.groups")}
        description={t("queues.groupsHint")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        value={draft.groups}
        onChange={(chosen) => edit({ groups: chosen })}
        data={groups.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </>
  );
}

/** How the next agent is found. */
export function Selection({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Radio.Group
        label={t("queues.routing")}
        value={draft.routing}
        onChange={(value) => edit({ routing: ROUTINGS.find((routing) => routing === value) ?? draft.routing })}
      >
        <Stack gap="xs" mt="xs">
          {ROUTINGS.map((routing) => (
            <Radio
              key={routing}
              value={routing}
              label={t(`queues.routings.${routing}`)}
              description={t(`queues.routingHints.${routing}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <NumberInput
        label={t("queues.alert")}
        description={t("queues.alertHint")}
        min={1}
        value={draft.agent_alert_seconds}
        onChange={(seconds) => edit({ agent_alert_seconds: Number(seconds) })}
      />
      <Checkbox
        label={t("queues.presence")}
        checked={draft.presence_based}
        onChange={(event) => edit({ presence_based: event.currentTarget.checked })}
      />
      <Checkbox
        label={t("queues.optOut")}
        checked={draft.allow_opt_out}
        onChange={(event) => edit({ allow_opt_out: event.currentTarget.checked })}
      />
    </>
  );
}

/** What becomes of a caller when too many wait already. */
export function Overflow({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <NumberInput
        label={t("queues.overflowAt")}
        min={0}
        value={draft.overflow_threshold}
        onChange={(callers) => edit({ overflow_threshold: Number(callers) })}
      />
      <ExitField label={t("queues.overflow")} value={draft.overflow} onChange={(overflow) => edit({ overflow })} />
    </>
  );
}

/** What becomes of a caller who waited too long. */
export function Timeout({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <NumberInput
        label={t("queues.timeoutAfter")}
        min={0}
        value={draft.timeout_seconds}
        onChange={(seconds) => edit({ timeout_seconds: Number(seconds) })}
      />
      <PromptField
        label={t("queues.timeoutPrompt")}
        value={draft.timeout_prompt}
        onChange={(timeout_prompt) => edit({ timeout_prompt })}
      />
      <ExitField label={t("queues.timeout")} value={draft.timeout} onChange={(timeout) => edit({ timeout })} />
    </>
  );
}
