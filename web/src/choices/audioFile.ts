import type { AudioFile } from "../api/__generated__/schema";
import { answer, api } from "../api/client";
import { outdate } from "../api/queries";
import { rememberSound } from "./hearing";

/** What browsers are asked to offer; the server says what it reads. */
export const SOUNDS = ".wav,.mp3,.wma,.ogg,.m4a,.flac,audio/*";

/** Gives a file to the server, which reads it before it keeps it. */
export async function upload(tenant: string, sound: Blob, fileName: string): Promise<AudioFile> {
  const file = await answer(
    api.POST("/api/v1/tenants/{tenant}/audio-files", {
      params: { path: { tenant }, query: { file_name: fileName } },
      // The description says what the bytes of the body are; they are sent as they are.
      body: [],
      bodySerializer: () => sound,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
  rememberSound(file.id, sound);
  outdate(tenant, new Set(["audio_file"]));
  return file;
}
