import { Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { SidePanel } from "../SidePanel";
import { EachProgress } from "./EachProgress";
import { useEach } from "./each";

type BulkPanelProps<Row> = {
  label: string;
  submit: string;
  rows: readonly Row[];
  nameOf: (row: Row) => string;
  isReady: boolean;
  act: (row: Row) => Promise<unknown>;
  onDone: () => void;
  children: ReactNode;
};

/** Does something with each of the rows that are chosen, after it was said what. */
export function BulkPanel<Row>({ label, submit, rows, nameOf, isReady, act, onDone, children }: BulkPanelProps<Row>) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const { progress, isRunning, run } = useEach<Row>();
  const begin = async () => {
    const { failures } = await run(rows, act);
    if (failures.length > 0) return;
    close();
    onDone();
  };
  return (
    <>
      <Button size="xs" onClick={open}>
        {label}
      </Button>
      {isOpen && (
        <SidePanel title={label} onClose={close}>
          <Stack>
            {children}
            <Button w="fit-content" disabled={!isReady} loading={isRunning} onClick={() => void begin()}>
              {submit}
            </Button>
            {progress && <EachProgress progress={progress} nameOf={nameOf} />}
          </Stack>
        </SidePanel>
      )}
    </>
  );
}
