import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PASSWORD, freePort } from "./server";
import { toneMillis, writeTone } from "./sound";
import { until } from "./until";

type Event = { type?: string; event?: boolean };

/** A real desk phone: baresip. It speaks a tone, and keeps what it hears. */
export class DeskPhone {
  readonly #events: Event[] = [];
  #unread = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly control: Socket,
    private readonly directory: string,
  ) {
    control.on("data", (data) => this.#read(data.toString()));
  }

  /** Registers as `user`; `speaks` is the frequency of its tone. */
  static async start(sip: string, user: string, speaks: number, answers: boolean): Promise<DeskPhone> {
    const directory = await mkdtemp(join(tmpdir(), `phone-${user}-`));
    const [own, control] = [await freePort(), await freePort()];
    await mkdir(join(directory, "heard"));
    await writeTone(join(directory, "tone.wav"), speaks, 8_000, 90);
    const config = [
      `sip_listen 127.0.0.1:${own}`,
      "rtp_ports 10000-18000",
      `audio_player aubridge,${user}`,
      `audio_source aufile,${directory}/tone.wav`,
      "audio_alert nil,nil",
      "module_path /usr/lib/baresip/modules",
      ...["g711", "aufile", "aubridge", "sndfile"].map((name) => `module ${name}.so`),
      ...["account", "menu"].map((name) => `module_app ${name}.so`),
      "module ctrl_tcp.so",
      `ctrl_tcp_listen 127.0.0.1:${control}`,
      `snd_path ${directory}/heard`,
      "",
    ];
    await writeFile(join(directory, "config"), config.join("\n"));
    const answering = answers ? ";answermode=auto" : "";
    const account = `<sip:${user}@${sip}>;auth_user=${user};auth_pass=${PASSWORD};regint=300${answering};audio_codecs=PCMU/8000/1\n`;
    await writeFile(join(directory, "accounts"), account);
    const log = createWriteStream(join(directory, "log"));
    await once(log, "open");
    const child = spawn("baresip", ["-f", directory], { stdio: ["ignore", log, log] });
    const socket = await until(`${user}'s control port opens`, async () => {
      const trying = connect(control, "127.0.0.1");
      try {
        await once(trying, "connect");
        return trying;
      } catch {
        return undefined;
      }
    });
    const phone = new DeskPhone(child, socket, directory);
    phone.command("uastat");
    return phone;
  }

  command(command: string, params = ""): void {
    const text = JSON.stringify(params === "" ? { command } : { command, params });
    this.control.write(`${text.length}:${text},`);
  }

  dial(called: string, sip: string): void {
    this.command("dial", `sip:${called}@${sip}`);
  }

  /** Waits for an event of a type; those before it are forgotten. */
  sees(type: string): Promise<Event> {
    return until(`the desk phone sees ${type}`, () => {
      const at = this.#events.findIndex((event) => event.type === type);
      return at < 0 ? undefined : this.#events.splice(0, at + 1).at(-1);
    });
  }

  /** Waits until it heard a tone for so long in its newest call. */
  hears(frequency: number, millis: number): Promise<number> {
    return until(`the desk phone hears ${frequency} Hz`, async () => {
      const heard = await toneMillis(join(this.directory, "heard"), frequency);
      return heard >= millis ? heard : undefined;
    });
  }

  /** For how long it heard a tone in its newest call. */
  heard(frequency: number): Promise<number> {
    return toneMillis(join(this.directory, "heard"), frequency);
  }

  async end(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    this.control.destroy();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Netstrings with JSON. */
  #read(data: string): void {
    this.#unread += data;
    for (;;) {
      const colon = this.#unread.indexOf(":");
      const length = Number(this.#unread.slice(0, Math.max(0, colon)));
      if (colon < 0 || this.#unread.length < colon + 2 + length) return;
      this.#events.push(JSON.parse(this.#unread.slice(colon + 1, colon + 1 + length)));
      this.#unread = this.#unread.slice(colon + 2 + length);
    }
  }
}
