import { wavOf } from "./wav";

/** As telephones that sound good take it. */
const RATE = 16_000;

export type Recording = { finish: () => Promise<Blob>; cancel: () => void };

/** Begins to record with the microphone. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.start();
  const end = () =>
    new Promise<void>((resolve) => {
      recorder.addEventListener("stop", () => resolve(), { once: true });
      recorder.stop();
      for (const track of stream.getTracks()) track.stop();
    });
  return {
    finish: async () => {
      await end();
      return asWav(new Blob(parts, { type: recorder.mimeType }));
    },
    cancel: () => void end(),
  };
}

/** Any sound that the browser reads, as every server reads it. */
async function asWav(sound: Blob): Promise<Blob> {
  const context = new OfflineAudioContext(1, 1, RATE);
  const read = await context.decodeAudioData(await sound.arrayBuffer());
  const whole = new OfflineAudioContext(1, Math.max(1, Math.ceil(read.duration * RATE)), RATE);
  const source = whole.createBufferSource();
  source.buffer = read;
  source.connect(whole.destination);
  source.start();
  const mixed = await whole.startRendering();
  return wavOf(mixed.getChannelData(0), RATE);
}
