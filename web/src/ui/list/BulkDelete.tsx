import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { EachProgress } from "./EachProgress";
import { useEach } from "./each";

/** How one row is deleted, and what that does to calls. */
export type Remove<Row> = { act: (row: Row) => Promise<unknown>; effect: string; onDone: () => void };

type BulkDeleteProps<Row> = {
  rows: readonly Row[];
  nameOf: (row: Row) => string;
  remove: Remove<Row>;
  onDone: () => void;
};

/** Deletes all that are chosen, after their number was typed: so nobody deletes more than they meant. */
export function BulkDelete<Row>({ rows, nameOf, remove, onDone }: BulkDeleteProps<Row>) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [typed, setTyped] = useState("");
  const { progress, isRunning, run } = useEach<Row>();
  const [wasRun, setRun] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRun(true);
    const { failures } = await run(rows, remove.act);
    remove.onDone();
    if (failures.length > 0) return;
    close();
    onDone();
  };
  const leave = () => {
    if (isRunning) return;
    close();
    if (wasRun) onDone();
  };
  return (
    <>
      <Button size="xs" color="red" variant="outline" onClick={open}>
        {t("list.delete")}
      </Button>
      <Modal opened={isOpen} onClose={leave} title={t("list.deleteTitle", { count: rows.length })} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Text size="sm">{remove.effect}</Text>
            {progress === undefined ? (
              <TextInput
                label={t("list.deleteTyped", { count: rows.length })}
                inputMode="numeric"
                autoComplete="off"
                data-autofocus
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            ) : (
              <EachProgress progress={progress} nameOf={nameOf} />
            )}
            <Group>
              {!wasRun && (
                <Button type="submit" color="red" disabled={typed.trim() !== String(rows.length)}>
                  {t("list.deleteAll", { count: rows.length })}
                </Button>
              )}
              <Button variant="default" disabled={isRunning} onClick={leave}>
                {wasRun ? t("close") : t("form.cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
