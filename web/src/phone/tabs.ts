/** Of several tabs with the same phone one is the phone; the others know it and may take its place. */
export class Tab {
  readonly #channel: BroadcastChannel;
  #release: (() => void) | undefined;
  #ended = false;

  constructor(
    private readonly phone: string,
    private readonly on: {
      /** This tab is the phone from now on. */
      held: () => void;
      /** Another tab is the phone. */
      waiting: () => void;
      /** Another tab wants to be the phone: whether it may. */
      mayGo: () => boolean;
      /** This tab is the phone no more. */
      gone: () => void;
    },
  ) {
    this.#channel = new BroadcastChannel(`phone.${phone}`);
    this.#channel.addEventListener("message", ({ data }) => {
      if (data === "take" && this.#release !== undefined && this.on.mayGo()) this.#letGo();
    });
    void this.#wait(true);
  }

  /** Asks the tab that is the phone to let go. One in which somebody talks does not. */
  take(): void {
    this.#channel.postMessage("take");
  }

  end(): void {
    this.#ended = true;
    this.#release?.();
    this.#release = undefined;
    this.#channel.close();
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
    this.on.gone();
    void this.#wait(false);
  }

  async #wait(isFirst: boolean): Promise<void> {
    const name = `phone.${this.phone}`;
    if (isFirst) {
      const isFree = await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
      if (!isFree && !this.#ended) this.on.waiting();
    } else {
      this.on.waiting();
    }
    await navigator.locks.request(name, async () => {
      if (this.#ended) return;
      await new Promise<void>((release) => {
        this.#release = release;
        this.on.held();
      });
    });
  }
}
