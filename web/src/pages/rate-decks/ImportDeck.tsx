import { Alert, Autocomplete, Button, FileInput, List, NativeSelect, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { moment, ownZone } from "../../format/time";
import { SERVER } from "../../shell/provider";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useDraft } from "../../ui/form/draft";
import { DIRECTIONS, FILE_BYTES_MAX, NOUNS } from "./decks";

/** As many warnings as somebody reads at once. */
const WARNINGS_SHOWN_MAX = 20;

/** Takes a file as the next version of a deck: first it says what would be done, then it is done. */
export function ImportDeck({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  const { draft, edit } = useDraft({ name: "", direction: "outbound", currency: "USD", from: "", zone: "UTC", csv: "" });
  const [isTooLarge, setTooLarge] = useState(false);
  const run = useMutation({
    mutationFn: async (isDryRun: boolean) => {
      const query = {
        name: draft.name.trim(),
        direction: draft.direction,
        currency: draft.currency.trim().toUpperCase(),
        time_zone: draft.zone.trim(),
        dry_run: isDryRun,
        ...(draft.from === "" ? {} : { valid_from: new Date(draft.from).toISOString() }),
      };
      const options = { params: { query }, body: draft.csv, bodySerializer: (text: string) => text, headers: { "Content-Type": "text/csv" } };
      return { isDryRun, of: draft, ...(await answer(api.POST("/api/v1/rate-decks/import", options))) };
    },
    onSuccess: ({ isDryRun }) => {
      if (!isDryRun) outdate(SERVER, new Set(NOUNS));
    },
  });
  // What was tried is told of what was typed then only.
  const told = run.data?.of === draft ? run.data : undefined;
  const read = (file: File | null) => {
    setTooLarge(file !== null && file.size > FILE_BYTES_MAX);
    if (file !== null && file.size <= FILE_BYTES_MAX) void file.text().then((csv) => edit({ csv }));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(true);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t("decks.importHint")}</Text>
        <Autocomplete label={t("decks.name")} description={t("decks.nameHint")} required value={draft.name} onChange={(name) => edit({ name })} data={[...names]} />
        <NativeSelect
          label={t("decks.direction")}
          value={draft.direction}
          onChange={(event) => edit({ direction: event.currentTarget.value })}
          data={DIRECTIONS.map((value) => ({ value, label: t(`decks.directions.${value}`) }))}
        />
        <TextInput label={t("decks.currency")} description={t("credits.hint.currency")} required maxLength={3} value={draft.currency} onChange={(event) => edit({ currency: event.currentTarget.value })} />
        <TextInput
          type="datetime-local"
          label={t("decks.begins", { zone: ownZone() })}
          description={t("decks.beginsHint")}
          value={draft.from}
          onChange={(event) => edit({ from: event.currentTarget.value })}
        />
        <TextInput label={t("flow.timeZone")} description={t("decks.zoneHint")} required value={draft.zone} onChange={(event) => edit({ zone: event.currentTarget.value })} />
        <FileInput label={t("import.file")} accept=".csv,.txt,text/csv,text/plain" error={isTooLarge && t("decks.tooLarge")} onChange={read} />
        <Textarea label={t("import.text")} rows={6} value={draft.csv} onChange={(event) => edit({ csv: event.currentTarget.value })} />
        <ProblemNotice error={run.error} />
        {told && (
          <Alert
            color={told.warnings.length === 0 ? "green" : "orange"}
            variant="outline"
            role="status"
            title={t(told.isDryRun ? "decks.would" : "decks.taken", { name: told.deck.name, version: told.deck.version, rates: told.deck.rates })}
          >
            <Text size="sm">{t("decks.holdsFrom", { at: moment(told.deck.valid_from) })}</Text>
            <List size="sm">
              {told.warnings.slice(0, WARNINGS_SHOWN_MAX).map(({ line, message }) => (
                <List.Item key={`${line} ${message}`}>
                  {t("import.line", { line })} {message}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {told?.isDryRun !== false && (
          <Button type="submit" variant={told ? "default" : "filled"} disabled={draft.csv.trim() === ""} loading={run.isPending}>
            {t("import.try")}
          </Button>
        )}
        {told?.isDryRun === true && (
          <Button loading={run.isPending} onClick={() => run.mutate(false)}>
            {t("decks.take", { version: told.deck.version })}
          </Button>
        )}
      </Stack>
    </form>
  );
}
