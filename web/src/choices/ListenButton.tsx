import { ActionIcon } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Prompt } from "../api/__generated__/schema";
import { Icon } from "../ui/Icon";
import { play, soundOf, speak, stopPlaying, usePlaying } from "./hearing";

/** Lets a prompt be heard: a text with a voice of this browser, a file as it is. */
export function ListenButton({ prompt, language }: { prompt: Prompt; language: string }) {
  const { t } = useTranslation();
  const playing = usePlaying();
  const what = prompt.type === "text" ? prompt.text : prompt.id;
  const isPlaying = playing === what;
  const sound = prompt.type === "text" ? undefined : soundOf(prompt.id);
  if (prompt.type === "audio_file" && sound === undefined) return <Icon name="speaker" size={15} />;
  if (prompt.type === "text" && !("speechSynthesis" in window)) return null;
  const listen = () => {
    if (isPlaying) stopPlaying();
    else if (prompt.type === "text") speak(prompt.text, language);
    else if (sound !== undefined) play(prompt.id, sound);
  };
  const words = isPlaying ? t("prompt.stop") : prompt.type === "text" ? t("prompt.read") : t("prompt.listen");
  return (
    <ActionIcon className="nodrag" size="sm" variant="subtle" aria-label={words} title={words} onClick={listen}>
      <Icon name={isPlaying ? "stop" : "play"} size={13} />
    </ActionIcon>
  );
}
