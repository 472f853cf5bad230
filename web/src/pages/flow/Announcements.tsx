import { Button, Checkbox, NumberInput, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue, Prompt } from "../../api/__generated__/schema";
import { PromptField } from "../../choices/PromptField";
import { promptDraftOf, promptOf } from "../../choices/prompt";
import classes from "./Editors.module.css";

type AnnouncementsProps = { queue: CallQueue; set: (change: Partial<CallQueue>) => void };

/** As many as the server takes. */
const COMFORTS_MAX = 20;
const EVERY_SECONDS = { min: 10, usual: 60, max: 3_600 } as const;

/** What is told to who waits: their place, how long it takes, and messages in turn. */
export function Announcements({ queue: { announcements, language }, set }: AnnouncementsProps) {
  const { t } = useTranslation();
  const now = announcements ?? {};
  const comfort = now.comfort ?? [];
  const edit = (change: typeof now) => {
    const next = { ...now, ...change };
    const isSome = next.position === true || next.estimated_wait === true || (next.comfort ?? []).length > 0;
    set({ announcements: isSome ? next : null });
  };
  const say = (place: number, prompt: Prompt | null) =>
    edit({ comfort: comfort.map((other, at) => (at === place ? (prompt ?? { type: "text", text: "" }) : other)) });
  return (
    <>
      <Checkbox label={t("flowEditor.tellsPlace")} checked={now.position ?? false} onChange={(event) => edit({ position: event.currentTarget.checked })} />
      <Checkbox
        label={t("flowEditor.tellsWait")}
        checked={now.estimated_wait ?? false}
        onChange={(event) => edit({ estimated_wait: event.currentTarget.checked })}
      />
      {comfort.map((prompt, place) => (
        // Their place is what tells one from another.
        // oxlint-disable-next-line react/no-array-index-key
        <fieldset key={place} className={classes.part}>
          <legend>{t("flowEditor.comfort", { place: place + 1 })}</legend>
          <Stack gap="xs">
            <PromptField
              label={t("flowEditor.comfortWords")}
              required
              language={language}
              value={promptDraftOf(prompt)}
              onChange={(draft) => say(place, promptOf(draft))}
            />
            <Button size="xs" variant="default" w="fit-content" onClick={() => edit({ comfort: comfort.filter((_, at) => at !== place) })}>
              {t("flowEditor.removeComfort", { place: place + 1 })}
            </Button>
          </Stack>
        </fieldset>
      ))}
      {comfort.length < COMFORTS_MAX && (
        <Button
          size="xs"
          variant="default"
          w="fit-content"
          onClick={() => edit({ comfort: [...comfort, { type: "text", text: t("flowEditor.comfortFirst") }] })}
        >
          {t("flowEditor.addComfort")}
        </Button>
      )}
      {announcements && (
        <NumberInput
          label={t("flowEditor.tellsEvery")}
          min={EVERY_SECONDS.min}
          max={EVERY_SECONDS.max}
          value={now.every_seconds ?? EVERY_SECONDS.usual}
          onChange={(seconds) => edit({ every_seconds: Number(seconds) })}
        />
      )}
    </>
  );
}
