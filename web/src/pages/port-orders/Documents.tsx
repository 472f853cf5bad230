import { Button, FileButton, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PortDocument, PortDocumentKind, PortOrder } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { moment } from "../../format/time";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import classes from "../webhooks/Webhooks.module.css";
import { DOCUMENT_KINDS, missingOf } from "./missing";

/** What browsers are asked to offer; the server looks at what the files are. */
const FILES = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png";
const KIB = 1_024;

type DocumentsProps = { order: string; documents: readonly PortDocument[]; needed: readonly PortDocumentKind[]; mayEdit: boolean; onChanged: () => void };

/** Papers that losing carriers ask for: which are there, which are missing, and how one is attached. */
export function Documents({ order, documents, needed, mayEdit, onChanged }: DocumentsProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const missing = missingOf(needed, documents);
  const [kind, setKind] = useState<PortDocumentKind>(missing[0] ?? "bill");
  const params = { path: { tenant, order } };
  const sending = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.POST("/api/v1/tenants/{tenant}/port-orders/{order}/documents", {
          params: { ...params, query: { kind, file_name: file.name } },
          // The description says what the bytes of the body are; they are sent as they are.
          body: [],
          bodySerializer: () => file,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    onSuccess: onChanged,
  });
  return (
    <Stack gap="xs" component="section" aria-labelledby="papers">
      <Title order={3} size="h5" id="papers">
        {t("ports.papers")}
      </Title>
      {missing.map((one) => (
        <State key={one} is="warned">
          {t("ports.missing", { what: t(`ports.paper.${one}`) })}
        </State>
      ))}
      {documents.length === 0 && <Text size="sm">{t("ports.noPapers")}</Text>}
      <ul className={classes.rows}>
        {documents.map(({ id, name, kind: what, size_bytes: bytes, added_at: at }) => (
          <li key={id}>
            <span>
              <a href={paths.portDocument(tenant, order, id)} download={name}>
                {name}
              </a>{" "}
              <Text span size="sm" c="dimmed">
                {t(`ports.paper.${what}`)} · {Math.ceil(bytes / KIB)} KiB · {moment(at)}
              </Text>
            </span>
            {mayEdit && (
              <ActionButton
                size="compact-xs"
                variant="default"
                aria-label={t("ports.removePaper", { name })}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/port-orders/{order}/documents/{document}", { params: { path: { tenant, order, document: id } } }))}
                onDone={onChanged}
              >
                {t("flowEditor.remove")}
              </ActionButton>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && (
        <Group align="flex-end" gap="xs">
          <NativeSelect
            label={t("ports.paperKind")}
            value={kind}
            onChange={({ currentTarget: { value } }) => setKind(DOCUMENT_KINDS.find((one) => one === value) ?? kind)}
            data={DOCUMENT_KINDS.map((value) => ({ value, label: t(`ports.paper.${value}`) }))}
          />
          <FileButton accept={FILES} onChange={(file) => file && sending.mutate(file)}>
            {(props) => (
              <Button {...props} variant="default" loading={sending.isPending}>
                {t("ports.attach")}
              </Button>
            )}
          </FileButton>
        </Group>
      )}
      {mayEdit && <Text size="sm">{t("ports.attachHint")}</Text>}
      <ProblemNotice error={sending.error} />
    </Stack>
  );
}

/** What of an order tells of its papers. */
export type Papers = Pick<PortOrder, "documents" | "needed_documents">;
