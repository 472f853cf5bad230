import type { UA } from "jssip";
import { DTMF_TRANSPORT } from "jssip/lib/Constants";
import { type Failure, failureOf, wordsOf } from "./failure";
import { type Choice, playAt, ringing } from "./sound";

/** A session of the library; its module does not export the name. */
export type Session = ReturnType<UA["call"]>;

export type CallState = "dialling" | "ringing" | "incoming" | "connecting" | "talking" | "ended";

/** What is shown of a call. */
export type ShownCall = {
  id: string;
  direction: "in" | "out";
  name: string;
  number: string;
  state: CallState;
  /** When it was answered, in milliseconds as `Date.now()`. */
  answeredAt: number | undefined;
  isMuted: boolean;
  /** Who put it on hold: us, them, both or nobody. */
  isHeld: boolean;
  isHeldThere: boolean;
  /** The sound stopped, and another way for it is looked for. */
  isInterrupted: boolean;
  transfer: "none" | "asked" | "refused";
  failure: Failure | undefined;
  /** The server's own words on the failure. */
  words: string | undefined;
};

/** How long the sound may be gone before another way is looked for. */
const INTERRUPTED_MILLIS = 2_000;
/** How long one attempt at another way may take. */
const RESTART_MILLIS = 6_000;
const DIGIT_MILLIS = 100;

/** One call: a session of the library, its sound, and what is to be shown of it. */
export class Call {
  readonly element = new Audio();
  readonly id: string;
  shown: ShownCall;
  #session: Session | undefined;
  #microphone: MediaStream | undefined;
  #tone: { stop: () => void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Takes note of how the connection is. */
  #look: () => void = () => undefined;

  constructor(
    who: Pick<ShownCall, "direction" | "name" | "number">,
    private readonly choice: () => Choice,
    private readonly changed: (call: Call) => void,
  ) {
    this.id = crypto.randomUUID();
    this.shown = {
      ...who,
      id: this.id,
      state: who.direction === "in" ? "incoming" : "dialling",
      answeredAt: undefined,
      isMuted: false,
      isHeld: false,
      isHeldThere: false,
      isInterrupted: false,
      transfer: "none",
      failure: undefined,
      words: undefined,
    };
    if (who.direction === "in") this.#tone = ringing("ring");
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** What the library is to tell of a call that goes out. */
  handlers(microphone: MediaStream) {
    this.#microphone = microphone;
    return { ...this.#handlers() };
  }

  attach(session: Session): void {
    this.#session = session;
  }

  /** Takes a call that came in. */
  receive(session: Session): void {
    this.#session = session;
    for (const [name, handler] of Object.entries(this.#handlers())) session.on(name as "ended", handler as () => void);
  }

  answer(microphone: MediaStream, relays: RTCIceServer[]): void {
    this.#microphone = microphone;
    this.#set({ state: "connecting" });
    this.#session?.answer({ mediaStream: microphone, pcConfig: { iceServers: relays } });
  }

  hangUp(): void {
    if (this.shown.state === "ended") return;
    if (this.#session === undefined) return this.#end(undefined, undefined);
    try {
      this.#session.terminate(this.shown.state === "incoming" ? { status_code: 486 } : {});
    } catch {
      // It ended by itself meanwhile.
    }
  }

  /** Nothing came of it before there was a session. */
  fail(failure: Failure): void {
    this.#end(failure, undefined);
  }

  mute(isMuted: boolean): void {
    if (isMuted) this.#session?.mute({ audio: true });
    else this.#session?.unmute({ audio: true });
    this.#set({ isMuted });
  }

  hold(): void {
    if (this.shown.state === "talking" && !this.shown.isHeld) this.#session?.hold();
  }

  retrieve(): void {
    this.#session?.unhold();
  }

  press(digit: string): void {
    this.#session?.sendDTMF(digit, { duration: DIGIT_MILLIS, transportType: DTMF_TRANSPORT.RFC2833 });
  }

  /** Hands the caller over to a number, or to whom another call of ours is with. */
  transfer(target: string, instead: Call | undefined): void {
    this.#set({ transfer: "asked" });
    const replaces = instead?.session;
    this.#session?.refer(target, {
      ...(replaces === undefined ? {} : { replaces }),
      eventHandlers: {
        requestFailed: () => this.#set({ transfer: "refused" }),
        failed: () => this.#set({ transfer: "refused" }),
        accepted: () => this.hangUp(),
      },
    });
  }

  /** Another device for what is heard. */
  choose(choice: Choice): void {
    void playAt(this.element, choice);
  }

  /** Another microphone, without a word to the other side. */
  async replaceMicrophone(microphone: MediaStream): Promise<void> {
    const [track] = microphone.getAudioTracks();
    const sender = this.#session?.connection?.getSenders().find((known) => known.track?.kind === "audio");
    if (track === undefined || sender === undefined) return;
    track.enabled = !this.shown.isMuted;
    await sender.replaceTrack(track);
    for (const old of this.#microphone?.getTracks() ?? []) old.stop();
    this.#microphone = microphone;
  }

  /** Looks for another way for the sound: the network is another one. RFC 8445 §2.4 */
  restart(): void {
    if (this.shown.state !== "talking") return;
    try {
      this.#session?.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, () => this.#look());
    } catch {
      // Not while another change is under way; it is tried again.
    }
  }

  #handlers() {
    return {
      peerconnection: ({ peerconnection }: { peerconnection: RTCPeerConnection }) => this.#hear(peerconnection),
      // The server needs none of our candidates to answer: it learns where we are when we check.
      icecandidate: ({ ready }: { ready: () => void }) => ready(),
      progress: ({ response }: { response?: { status_code: number; body: string } | null }) => {
        if (this.shown.direction === "in" || response == null) return;
        this.#set({ state: "ringing" });
        // A description brings sound of its own.
        if (!response.body) this.#tone ??= ringing("ringBack");
      },
      accepted: () => {
        this.#stopTone();
        this.#set({ state: "talking", answeredAt: Date.now() });
      },
      hold: ({ originator }: { originator: string }) => this.#set(originator === "local" ? { isHeld: true } : { isHeldThere: true }),
      unhold: ({ originator }: { originator: string }) =>
        this.#set(originator === "local" ? { isHeld: false } : { isHeldThere: false }),
      ended: () => this.#end(undefined, undefined),
      failed: ({ message, cause, originator }: { message?: { status_code?: number; getHeader?: (name: string) => string | undefined } | null; cause: string; originator: string }) => {
        const isOurs = originator === "local" || this.shown.direction === "in";
        const failure = failureOf(message?.status_code, cause);
        const words = wordsOf(message?.getHeader?.("Reason"));
        this.#end(isOurs && failure !== "microphoneForbidden" ? undefined : failure, words);
      },
    };
  }

  #hear(connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track }) => {
      this.element.srcObject = new MediaStream([track]);
      void playAt(this.element, this.choice());
      // A browser that wants a click first has had one: nobody calls or answers without.
      void this.element.play().catch(() => undefined);
    });
    // The library would hang up where the way for the sound fails. Whoever talks decides that: here another one is found.
    const state = (): unknown => Reflect.get(RTCPeerConnection.prototype, "iceConnectionState", connection);
    Object.defineProperty(connection, "iceConnectionState", {
      get: () => (state() === "failed" ? "disconnected" : state()),
    });
    this.#look = () => {
      const isThere = state() === "connected" || state() === "completed";
      const isGone = state() === "disconnected" || state() === "failed";
      if (isThere) clearTimeout(this.#timer);
      if (isThere) this.#set({ isInterrupted: false });
      if (isGone && !this.shown.isInterrupted) {
        this.#set({ isInterrupted: true });
        this.#timer = setTimeout(this.#restartUntilThere, INTERRUPTED_MILLIS);
      }
    };
    connection.addEventListener("iceconnectionstatechange", this.#look);
  }

  readonly #restartUntilThere = (): void => {
    if (!this.shown.isInterrupted || this.shown.state !== "talking") return;
    this.restart();
    this.#timer = setTimeout(this.#restartUntilThere, RESTART_MILLIS);
  };

  #set(change: Partial<ShownCall>): void {
    if (this.shown.state === "ended") return;
    this.shown = { ...this.shown, ...change };
    this.changed(this);
  }

  #end(failure: Failure | undefined, words: string | undefined): void {
    if (this.shown.state === "ended") return;
    clearTimeout(this.#timer);
    this.#stopTone();
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.element.srcObject = null;
    this.#set({ failure, words, state: "ended" });
    this.shown = { ...this.shown, failure, words, state: "ended" };
    this.changed(this);
  }

  #stopTone(): void {
    this.#tone?.stop();
    this.#tone = undefined;
  }
}
