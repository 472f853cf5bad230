import { Button, FileButton, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AudioFile } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { ListenButton } from "../../choices/ListenButton";
import { SOUNDS, upload } from "../../choices/audioFile";
import { duration, instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { Loaded } from "../../ui/form/Loaded";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { keyOf } from "../../api/queries";

const KIB = 1_024;

/** Audio files: what was uploaded or recorded to be played to callers. */
export function AudioFiles() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const sending = useMutation({ mutationFn: (file: File) => upload(tenant, file, file.name) });
  const add = may("audio_files.write") && (
    <FileButton accept={SOUNDS} onChange={(file) => file && sending.mutate(file)}>
      {(props) => (
        <Button {...props} loading={sending.isPending}>
          {t("prompt.upload")}
        </Button>
      )}
    </FileButton>
  );
  const definition: ListDefinition<AudioFile> = {
    name: "audio-files",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/audio-files", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "name", title: t("audioFiles.name"), text: ({ name }) => name, width: 2 },
      { id: "length", title: t("audioFiles.length"), text: ({ duration_ms }) => duration(duration_ms / 1_000), order: ({ duration_ms }) => duration_ms },
      { id: "size", title: t("audioFiles.size"), text: ({ size_bytes }) => `${Math.ceil(size_bytes / KIB)} KiB` },
      { id: "at", title: t("audioFiles.at"), text: ({ created_at }) => moment(created_at), order: ({ created_at }) => instantOf(created_at), width: 1.5 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["audio_file"],
  };
  return (
    <Page title={t("section.audio-files")} actions={add}>
      <ProblemNotice error={sending.error} />
      <List
        definition={definition}
        empty={
          <>
            <p>{t("audioFiles.empty")}</p>
            {add}
          </>
        }
      />
      {view.open !== "" && (
        <SidePanel title={t("audioFiles.one")} onClose={() => show({ open: "" })}>
          <Loaded
            queryKey={keyOf(tenant, "audio-file", view.open)}
            load={() => answer(api.GET("/api/v1/tenants/{tenant}/audio-files/{file}", { params: { path: { tenant, file: view.open } } }))}
          >
            {({ id, name, duration_ms, size_bytes, created_at }) => (
              <Stack>
                <Facts
                  facts={[
                    [t("audioFiles.name"), name],
                    [t("audioFiles.length"), duration(duration_ms / 1_000)],
                    [t("audioFiles.size"), `${Math.ceil(size_bytes / KIB)} KiB`],
                    [t("audioFiles.at"), moment(created_at)],
                  ]}
                />
                <ListenButton prompt={{ type: "audio_file", id }} language="" />
                <Text size="sm">{t("audioFiles.used")}</Text>
              </Stack>
            )}
          </Loaded>
        </SidePanel>
      )}
    </Page>
  );
}
