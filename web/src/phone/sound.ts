/** Which devices carry sound, what is heard while it rings, and whether the microphone hears anything. */

export type Devices = { microphones: MediaDeviceInfo[]; speakers: MediaDeviceInfo[] };

/** What this browser's devices are chosen to be; empty for the one that the system prefers. */
export type Choice = { microphone: string; speaker: string };

const KEPT_AS = "phone.devices";

export function keptChoice(): Choice {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? "{}");
    if (typeof kept === "object" && kept !== null) {
      const text = (value: unknown) => (typeof value === "string" ? value : "");
      return {
        microphone: text("microphone" in kept ? kept.microphone : ""),
        speaker: text("speaker" in kept ? kept.speaker : ""),
      };
    }
  } catch {
    // Not kept, or broken: as if nothing were chosen.
  }
  return { microphone: "", speaker: "" };
}

export function keepChoice(choice: Choice): void {
  localStorage.setItem(KEPT_AS, JSON.stringify(choice));
}

/** The devices that there are. Their names are known once the microphone was allowed. */
export async function devices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId !== "");
  return { microphones: of("audioinput"), speakers: of("audiooutput") };
}

/** Opens the microphone; one that is chosen and gone is replaced by the one there is. */
export async function openMicrophone({ microphone }: Pick<Choice, "microphone">): Promise<MediaStream> {
  // Without a secure page browsers have no media devices at all.
  if (navigator.mediaDevices === undefined) throw new DOMException("this page is not secure", "SecurityError");
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const wanted = microphone === "" ? audio : { ...audio, deviceId: { ideal: microphone } };
  return navigator.mediaDevices.getUserMedia({ audio: wanted, video: false });
}

/** Lets an element be heard where it was chosen to be, if the browser can. */
export async function playAt(element: HTMLMediaElement, { speaker }: Choice): Promise<void> {
  if (speaker === "" || !("setSinkId" in element)) return;
  try {
    await element.setSinkId(speaker);
  } catch {
    // It is gone: the system's own will do.
  }
}

/** On and off in seconds, again and again. */
type Cadence = { tones: number[]; on: number; off: number; volume: number };

const CADENCES = {
  /** Somebody calls. */
  ring: { tones: [440, 480], on: 1.2, off: 2, volume: 0.15 },
  /** Who is called is being looked for. */
  ringBack: { tones: [440, 480], on: 2, off: 4, volume: 0.05 },
} satisfies Record<string, Cadence>;

/** A tone until it is stopped. A browser that plays nothing yet is silent. */
export function ringing(kind: keyof typeof CADENCES): { stop: () => void } {
  const { tones, on, off, volume } = CADENCES[kind];
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  for (const frequency of tones) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start();
  }
  // A few minutes of it: nothing rings longer.
  for (let at = context.currentTime; at < context.currentTime + 300; at += on + off) {
    gain.gain.setValueAtTime(volume, at);
    gain.gain.setValueAtTime(0, at + on);
  }
  return { stop: () => void context.close() };
}

/** Measures how loud a stream is, from 0 to 1, some times a second. */
export function meter(stream: MediaStream, tell: (level: number) => void): { stop: () => void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1_024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // From -60 dB, which is a quiet room, to full.
    tell(Math.min(1, Math.max(0, 1 + (10 * Math.log10(power + 1e-12)) / 60)));
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      void context.close();
    },
  };
}
