/** What prompts sound like, as far as this browser knows. */

import { useSyncExternalStore } from "react";

/** Files that were made on this page, which nobody need fetch to hear them. */
const made = new Map<string, Blob>();

export function rememberSound(id: string, sound: Blob): void {
  made.set(id, sound);
}

export function soundOf(id: string): Blob | undefined {
  return made.get(id);
}

let playing: string | undefined;
let stop: () => void = () => undefined;
const listeners = new Set<() => void>();

function set(what: string | undefined): void {
  playing = what;
  for (const listener of listeners) listener();
}

/** What is playing now; one thing at a time does. */
export function usePlaying(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => playing,
  );
}

export function stopPlaying(): void {
  stop();
  set(undefined);
}

/** Reads a text aloud with a voice of this browser. */
export function speak(text: string, language: string): void {
  stopPlaying();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language;
  const over = () => playing === text && set(undefined);
  words.addEventListener("end", over);
  words.addEventListener("error", over);
  stop = () => speechSynthesis.cancel();
  set(text);
  speechSynthesis.speak(words);
}

export function play(id: string, sound: Blob): void {
  stopPlaying();
  const address = URL.createObjectURL(sound);
  const audio = new Audio(address);
  const over = () => {
    URL.revokeObjectURL(address);
    if (playing === id) set(undefined);
  };
  audio.addEventListener("ended", over);
  audio.addEventListener("error", over);
  stop = () => {
    audio.pause();
    over();
  };
  set(id);
  void audio.play().catch(over);
}
