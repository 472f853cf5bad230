import type { UA } from "jssip";
import type { PhoneCredentials } from "../api/__generated__/schema";
import { Call, type Session, type ShownCall } from "./call";
import { microphoneFailure } from "./failure";
import { History, type PastCall } from "./history";
import { type Choice, keepChoice, keptChoice, openMicrophone } from "./sound";
import { Tab } from "./tabs";
import { addressOf } from "./target";
import { type Figures, figuresOf } from "./verdict";

/** Whether calls can be made and come. */
export type Line =
  | "starting"
  /** Another tab is the phone. */
  | "elsewhere"
  | "registering"
  | "ready"
  /** The server does not answer; it is tried again. */
  | "away"
  /** The server lets it not be a phone. */
  | "refused";

export type PhoneState = {
  line: Line;
  error: unknown;
  calls: readonly ShownCall[];
  /** Messages that nobody heard yet; none as long as the server did not say. */
  nMessages: number | undefined;
  history: readonly PastCall[];
  choice: Choice;
};

/** The server takes it for a phone that knows MD5 only, which the library is. */
const USER_AGENT = "JsSIP Trunkline browser phone";
const REGISTER_SECS = 300;
const RETRY_MILLIS = 5_000;
/** Says back what it hears. */
const ECHO = "*43";
const NETWORK_TEST_MILLIS = 5_000;
/** How long the end of a call is shown. */
const ENDED_MILLIS = 4_000;
const FAILED_MILLIS = 15_000;

/** The phone of one person in this browser. */
export class Phone {
  #state: PhoneState;
  readonly #listeners = new Set<() => void>();
  readonly #calls: Call[] = [];
  readonly #history: History;
  #tab: Tab | undefined;
  #ua: UA | undefined;
  #domain = "";
  #relays: RTCIceServer[] = [];
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    /** Names the phone among those of this browser. */
    private readonly name: string,
    private readonly registers: boolean,
    private readonly ask: () => Promise<PhoneCredentials>,
    /** The number that somebody outside shows. */
    private readonly shows: string | undefined,
  ) {
    this.#history = new History(name, localStorage);
    this.#state = {
      line: "starting",
      error: undefined,
      calls: [],
      nMessages: undefined,
      history: this.#history.read(),
      choice: keptChoice(),
    };
  }

  /** Becomes a phone, if no other tab is this one; what comes back ends that. */
  begin(): () => void {
    this.#ended = false;
    window.addEventListener("pagehide", this.#leave);
    window.addEventListener("online", this.#lookAgain);
    if (this.registers) {
      this.#tab = new Tab(this.name, {
        held: () => void this.#start(),
        waiting: () => this.#set({ line: "elsewhere" }),
        mayGo: () => this.#calls.every(({ shown }) => shown.state === "ended"),
        gone: () => this.#stop(),
      });
    } else {
      void this.#start();
    }
    return () => this.#end();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PhoneState => this.#state;

  /** Asks the tab that is the phone to let this one be it. */
  take(): void {
    this.#tab?.take();
  }

  async call(number: string, name = ""): Promise<void> {
    if (this.#ua === undefined || this.#state.line !== "ready") return;
    this.#holdAll();
    const call = this.#add(new Call({ direction: "out", name, number }, () => this.#state.choice, this.#changed));
    const microphone = await this.#microphone(call);
    if (microphone === undefined || call.shown.state === "ended") return;
    const handlers = call.handlers(microphone) as object;
    const session = this.#ua.call(addressOf(number, this.#domain), { ...this.#options(microphone), eventHandlers: handlers });
    call.attach(session);
  }

  async answer(id: string): Promise<void> {
    const call = this.#find(id);
    if (call === undefined) return;
    this.#holdAll(call);
    const microphone = await this.#microphone(call);
    if (microphone !== undefined && call.shown.state === "incoming") call.answer(microphone, this.#relays);
  }

  hangUp(id: string): void {
    this.#find(id)?.hangUp();
  }

  mute(id: string, isMuted: boolean): void {
    this.#find(id)?.mute(isMuted);
  }

  hold(id: string): void {
    this.#find(id)?.hold();
  }

  /** Goes on with a call; what goes on otherwise is held. */
  retrieve(id: string): void {
    const call = this.#find(id);
    this.#holdAll(call);
    call?.retrieve();
  }

  press(id: string, digit: string): void {
    this.#find(id)?.press(digit);
  }

  /** Hands a call over without asking. */
  transfer(id: string, number: string): void {
    this.#find(id)?.transfer(addressOf(number, this.#domain), undefined);
  }

  /** Joins two calls and leaves them. */
  join(id: string, other: string): void {
    const [call, instead] = [this.#find(id), this.#find(other)];
    const target = instead?.session?.remote_identity.uri.toString();
    if (target !== undefined) call?.transfer(target, instead);
  }

  /** Calls the echo test and measures; none if no sound came. Nothing of it is shown as a call. */
  async testNetwork(): Promise<Figures | undefined> {
    const ua = this.#ua;
    if (ua === undefined || this.#state.line !== "ready") return undefined;
    const microphone = await openMicrophone(this.#state.choice);
    const call = new Call({ direction: "out", name: "", number: ECHO }, () => this.#state.choice, () => undefined);
    call.element.muted = true;
    const handlers = call.handlers(microphone) as object;
    call.attach(ua.call(addressOf(ECHO, this.#domain), { ...this.#options(microphone), eventHandlers: handlers }));
    try {
      await new Promise((wake) => setTimeout(wake, NETWORK_TEST_MILLIS));
      const stats = await call.session?.connection?.getStats();
      return stats === undefined ? undefined : figuresOf(stats.values());
    } finally {
      call.hangUp();
    }
  }

  async choose(choice: Choice): Promise<void> {
    const isOther = choice.microphone !== this.#state.choice.microphone;
    keepChoice(choice);
    this.#set({ choice });
    for (const call of this.#calls) call.choose(choice);
    for (const call of this.#calls.filter(({ shown }) => isOther && shown.state === "talking")) {
      try {
        await call.replaceMicrophone(await openMicrophone(choice));
      } catch {
        // The one before goes on.
      }
    }
  }

  clearHistory(): void {
    this.#history.clear();
    this.#set({ history: [] });
  }

  /** Ends everything that goes on. */
  #end(): void {
    this.#ended = true;
    window.removeEventListener("pagehide", this.#leave);
    window.removeEventListener("online", this.#lookAgain);
    this.#stop();
    this.#tab?.end();
  }

  async #start(): Promise<void> {
    if (this.#ended) return;
    this.#set({ line: "registering", error: undefined });
    let credentials: PhoneCredentials;
    let library: typeof import("jssip");
    try {
      // The page is shown before the library is there, which comes while the server is asked.
      [credentials, library] = await Promise.all([this.ask(), import("jssip")]);
    } catch (error) {
      this.#set({ line: "refused", error });
      this.#renewal = setTimeout(() => void this.#start(), RETRY_MILLIS);
      return;
    }
    if (this.#ended) return;
    const { sip_domain: domain, user_name: user, password, websocket, person } = credentials;
    this.#relays = relaysOf(credentials);
    this.#domain = domain;
    const own = person?.extension ?? this.shows ?? "anonymous";
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const ua = new library.UA({
      sockets: [new library.WebSocketInterface(`${scheme}://${window.location.host}${websocket}`)],
      uri: addressOf(own, domain),
      display_name: person?.display_name ?? "",
      authorization_user: user,
      password,
      register: this.registers,
      register_expires: REGISTER_SECS,
      session_timers: true,
      user_agent: USER_AGENT,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 15,
    });
    this.#ua = ua;
    const isOver = () => this.#ua !== ua;
    ua.on("connected", () => {
      if (isOver()) return;
      if (!this.registers) this.#set({ line: "ready" });
      this.#lookAgain();
    });
    ua.on("registered", () => {
      const isFirst = this.#state.line !== "ready";
      this.#set({ line: "ready" });
      if (isFirst) this.#listenForMessages(ua, own);
    });
    ua.on("unregistered", () => {
      if (!isOver()) this.#set({ line: "registering" });
    });
    ua.on("disconnected", () => {
      if (!isOver()) this.#set({ line: "away" });
    });
    ua.on("registrationFailed", ({ response }) => {
      if (isOver()) return;
      // They ran out while the machine slept, or the person has another password: then others are good.
      this.#set({ line: response === null || response === undefined ? "away" : "registering" });
      clearTimeout(this.#renewal);
      this.#renewal = setTimeout(() => void this.#renew(ua), RETRY_MILLIS);
    });
    ua.on("newRTCSession", (event: { originator: string; session: Session }) => {
      if (event.originator === "remote") this.#receive(event.session);
    });
    ua.start();
    this.#renewLater(ua, credentials);
  }

  /** New credentials long before those in use run out. */
  #renewLater(ua: UA, { expires_at: expiresAt }: PhoneCredentials): void {
    clearTimeout(this.#renewal);
    const half = Math.max(RETRY_MILLIS, (Date.parse(expiresAt) - Date.now()) / 2);
    this.#renewal = setTimeout(() => void this.#renew(ua), Math.min(half, 2 ** 31 - 1));
  }

  async #renew(ua: UA): Promise<void> {
    if (this.#ua !== ua) return;
    try {
      const credentials = await this.ask();
      ua.set("authorization_user", credentials.user_name);
      ua.set("password", credentials.password);
      this.#relays = relaysOf(credentials);
      if (this.registers && !ua.isRegistered()) ua.register();
      this.#renewLater(ua, credentials);
    } catch (error) {
      this.#set({ error });
      this.#renewal = setTimeout(() => void this.#renew(ua), RETRY_MILLIS);
    }
  }

  /** RFC 3842 */
  #listenForMessages(ua: UA, own: string): void {
    const options = { expires: 3_600, contentType: "application/simple-message-summary" };
    const subscriber = ua.subscribe(addressOf(own, this.#domain), "message-summary", "application/simple-message-summary", options);
    subscriber.on("notify", (_isFinal, _request, body) => {
      const found = /^voice-message:\s*(\d+)\//im.exec(body ?? "");
      this.#set({ nMessages: found === null ? undefined : Number(found[1]) });
    });
    subscriber.subscribe();
  }

  #receive(session: Session): void {
    const identity = session.remote_identity;
    const number = decodeURIComponent(identity.uri.user ?? "");
    const who = { direction: "in", name: identity.display_name ?? "", number } as const;
    const call = this.#add(new Call(who, () => this.#state.choice, this.#changed));
    call.receive(session);
  }

  #options(microphone: MediaStream) {
    return { mediaStream: microphone, pcConfig: { iceServers: this.#relays } };
  }

  async #microphone(call: Call): Promise<MediaStream | undefined> {
    try {
      return await openMicrophone(this.#state.choice);
    } catch (error) {
      call.hangUp();
      call.fail(microphoneFailure(error));
      return undefined;
    }
  }

  readonly #changed = (call: Call): void => {
    if (call.shown.state === "ended" && this.#calls.includes(call)) {
      this.#remember(call);
      const millis = call.shown.failure === undefined ? ENDED_MILLIS : FAILED_MILLIS;
      setTimeout(() => this.#forget(call), millis);
    }
    this.#show();
  };

  /** Taken off the screen. */
  dismiss(id: string): void {
    const call = this.#find(id);
    if (call?.shown.state === "ended") this.#forget(call);
  }

  #forget(call: Call): void {
    const place = this.#calls.indexOf(call);
    if (place >= 0) this.#calls.splice(place, 1);
    this.#show();
  }

  #remember({ shown }: Call): void {
    const { id, direction, name, number, answeredAt, failure } = shown;
    const now = Date.now();
    const outcome = answeredAt !== undefined ? "answered" : direction === "in" ? "missed" : failure === undefined ? "missed" : "failed";
    const seconds = answeredAt === undefined ? 0 : Math.round((now - answeredAt) / 1_000);
    const at = new Date(answeredAt ?? now).toISOString();
    this.#set({ history: this.#history.add({ id, at, direction, name, number, outcome, seconds }) });
  }

  #add(call: Call): Call {
    this.#calls.push(call);
    this.#show();
    return call;
  }

  #find(id: string): Call | undefined {
    return this.#calls.find((call) => call.id === id);
  }

  #holdAll(except?: Call): void {
    for (const call of this.#calls) if (call !== except) call.hold();
  }

  readonly #lookAgain = (): void => {
    for (const call of this.#calls) if (call.shown.isInterrupted) call.restart();
  };

  readonly #leave = (): void => this.#stop();

  #stop(): void {
    clearTimeout(this.#renewal);
    const ua = this.#ua;
    this.#ua = undefined;
    ua?.stop();
  }

  #show(): void {
    this.#set({ calls: this.#calls.map(({ shown }) => shown) });
  }

  #set(change: Partial<PhoneState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function relaysOf({ relay }: PhoneCredentials): RTCIceServer[] {
  if (relay == null) return [];
  const { urls, user_name: username, credential } = relay;
  return [username === "" ? { urls } : { urls, username, credential }];
}
