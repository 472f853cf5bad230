import { Button, FileButton, Group, Loader, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../session/me";
import { useTenant } from "../session/tenant";
import { Icon } from "../ui/Icon";
import { ProblemNotice } from "../ui/ProblemNotice";
import { ListenButton } from "./ListenButton";
import { SOUNDS, upload } from "./audioFile";
import { type PromptDraft, promptOf } from "./prompt";
import { type Recording, record } from "./recording";

type PromptFieldProps = {
  label: string;
  description?: string;
  value: PromptDraft;
  onChange: (prompt: PromptDraft) => void;
  required?: boolean;
  error?: string | undefined;
  /** In which a text is read aloud. */
  language?: string;
};

const CHARS_MAX = 1_000;

/** What callers hear: a text that is typed, a file, or what somebody says into the microphone here. */
export function PromptField({ label, description, value, onChange, required, error, language = "en-US" }: PromptFieldProps) {
  const { t } = useTranslation();
  const may = useMay();
  const prompt = promptOf(value);
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        required={required === true && value.file === undefined}
        error={error}
        rows={3}
        maxLength={CHARS_MAX}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
      />
      {value.file && value.text.trim() === "" && (
        <Text size="sm">{t("prompt.file", { name: value.file.file_name ?? value.file.id })}</Text>
      )}
      <Group gap="xs" mt={6}>
        {prompt && <ListenButton prompt={prompt} language={language} />}
        {may("audio_files.write") && <Sounds label={label} onFile={(file) => onChange({ text: "", file })} />}
      </Group>
    </div>
  );
}

type SoundsProps = { label: string; onFile: (file: NonNullable<PromptDraft["file"]>) => void };

/** A file of this computer, or what is said now. */
function Sounds({ label, onFile }: SoundsProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [recording, setRecording] = useState<Recording>();
  const open = useRef<Recording>(undefined);
  useEffect(() => {
    open.current = recording;
  }, [recording]);
  useEffect(() => () => open.current?.cancel(), []);
  const sending = useMutation({
    mutationFn: async ({ sound, name }: { sound: Blob; name: string }) => {
      const { id } = await upload(tenant, sound, name);
      onFile({ type: "audio_file", id, file_name: name });
    },
  });
  const begin = useMutation({ mutationFn: record, onSuccess: setRecording });
  const finish = async () => {
    const sound = await recording?.finish();
    setRecording(undefined);
    if (sound !== undefined) sending.mutate({ sound, name: `${label} ${new Date().toISOString().slice(0, 16).replace("T", " ")}.wav` });
  };
  return (
    <>
      <FileButton accept={SOUNDS} onChange={(file) => file && sending.mutate({ sound: file, name: file.name })}>
        {(props) => (
          <Button {...props} size="compact-xs" variant="default" leftSection={<Icon name="upload" size={13} />}>
            {t("prompt.upload")}
          </Button>
        )}
      </FileButton>
      {recording === undefined ? (
        <Button size="compact-xs" variant="default" leftSection={<Icon name="microphone" size={13} />} onClick={() => begin.mutate()}>
          {t("prompt.record")}
        </Button>
      ) : (
        <Button size="compact-xs" color="red" leftSection={<Icon name="stop" size={13} />} onClick={() => void finish()}>
          {t("prompt.finish")}
        </Button>
      )}
      {sending.isPending && <Loader size="xs" aria-label={t("loading")} />}
      {begin.error !== null && (
        <Text size="sm" c="red" role="alert">
          {t("prompt.noMicrophone")}
        </Text>
      )}
      <ProblemNotice error={sending.error} />
    </>
  );
}
