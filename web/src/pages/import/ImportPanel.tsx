import { Alert, Button, FileInput, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Order } from "../../api/__generated__/schema";
import { outdate } from "../../api/queries";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { OrderLines } from "./OrderLines";
import { OrderProgress } from "./OrderProgress";
import { type Imported, importCsv } from "./csv";

/** Imports a CSV file: first a dry run that changes nothing, then for good. */
export function ImportPanel({ noun }: { noun: Imported }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [csv, setCsv] = useState("");
  const [tried, setTried] = useState<Order>();
  const [begun, setBegun] = useState<Order>();
  const run = useMutation({
    mutationFn: (isDryRun: boolean) => importCsv(tenant, noun, csv, isDryRun),
    onSuccess: (order) => {
      if (order.dry_run) {
        setTried(order);
        return;
      }
      setBegun(order);
      outdate(tenant, new Set(["user", "number"]));
    },
  });
  const change = (text: string) => {
    setCsv(text);
    setTried(undefined);
    setBegun(undefined);
  };
  return (
    <Stack>
      <Text size="sm">{t(`import.${noun}`)}</Text>
      <a href={paths.exported(tenant, noun)} download={`${noun}.csv`}>
        {t("import.template")}
      </a>
      <FileInput
        label={t("import.file")}
        accept=".csv,text/csv"
        onChange={(file) => void file?.text().then(change)}
      />
      <Textarea
        label={t("import.text")}
        rows={8}
        value={csv}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <ProblemNotice error={run.error} />
      {tried && !begun && <Outcome order={tried} />}
      {begun ? (
        <OrderProgress order={begun} />
      ) : (
        <>
          <Button variant={tried ? "default" : "filled"} disabled={csv.trim() === ""} loading={run.isPending} onClick={() => run.mutate(true)}>
            {t("import.try")}
          </Button>
          {tried && tried.failed < tried.total && (
            <Button loading={run.isPending} onClick={() => run.mutate(false)}>
              {t("import.run", { count: tried.total - tried.failed })}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}

function Outcome({ order: { id, total, failed } }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <Alert color={failed === 0 ? "green" : "orange"} variant="outline" role="status" title={t("import.outcome", { total, failed })}>
      <OrderLines order={id} />
    </Alert>
  );
}
