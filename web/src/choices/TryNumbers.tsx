import { Button, Group, Stack, TagsInput, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ui/ProblemNotice";
import { State } from "../ui/State";

/** What became of one number that was tried. */
export type Tried = { number: string; is: "fine" | "bad" | "quiet"; words: string };

type TryNumbersProps = { label: string; description: string; ask: (numbers: string[]) => Promise<Tried[]> };

/** Tries what becomes of numbers. Nobody is called. */
export function TryNumbers({ label, description, ask }: TryNumbersProps) {
  const { t } = useTranslation();
  const [numbers, setNumbers] = useState<string[]>([]);
  const asking = useMutation({ mutationFn: () => ask(numbers) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <Stack gap="xs" maw="42rem">
        <Group align="flex-end" gap="xs">
          <TagsInput label={label} description={description} flex={1} miw="14rem" acceptValueOnBlur value={numbers} onChange={setNumbers} />
          <Button type="submit" variant="default" disabled={numbers.length === 0} loading={asking.isPending}>
            {t("translations.try")}
          </Button>
        </Group>
        <ProblemNotice error={asking.error} />
        <div role="status">
          {asking.data?.map(({ number, is, words }) => (
            <Text key={number} size="sm">
              <State is={is}>{words}</State>
            </Text>
          ))}
        </div>
      </Stack>
    </form>
  );
}
