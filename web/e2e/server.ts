import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { front } from "./front";

export const ADMIN = "admin@demo.test";
// Without spaces: desk phones have it in their settings as it is.
export const PASSWORD = "four-words-of-mine";
export const TOKEN = "a token for the tests of the pages";

const READY_MILLIS = 30_000;
const LOOK_MILLIS = 100;
const SETTLING_TRIES_MAX = 50;

/** A server with the demo organization and a directory of its own. */
export class Server {
  #child: ChildProcess | undefined;
  #front: HttpServer | undefined;

  private constructor(
    /** Where the pages are. */
    readonly url: string,
    /** Where the program is, which has pages of its own. */
    private readonly program: string,
    readonly sip: string,
    private readonly directory: string,
  ) {}

  /** Starts a server; again elsewhere if somebody else took one of its ports meanwhile. */
  static async start(triesLeft = 3): Promise<Server> {
    try {
      return await Server.#startOnce();
    } catch (error) {
      if (triesLeft <= 1) throw error;
      return Server.start(triesLeft - 1);
    }
  }

  static async #startOnce(): Promise<Server> {
    const http = await freePort();
    const sip = await freePort();
    const directory = await mkdtemp(join(tmpdir(), "trunkline-web-"));
    const program = `http://127.0.0.1:${http}`;
    const pages = process.env["TRUNKLINE_PAGES"];
    const port = pages === undefined ? http : await freePort();
    const server = new Server(`http://127.0.0.1:${port}`, program, `127.0.0.1:${sip}`, directory);
    if (pages !== undefined) server.#front = front(pages, port, program);
    try {
      await server.run();
    } catch (error) {
      await server.end();
      throw error;
    }
    return server;
  }

  /** Starts the program, again after `stop`, with the same directory. */
  async run(): Promise<void> {
    const program = process.env["TRUNKLINE_PROGRAM"];
    if (program === undefined) throw new Error("TRUNKLINE_PROGRAM is the path of the program trunkline");
    const { host } = new URL(this.program);
    const args = ["serve", "--demo", "--data-dir", this.directory, "--http", host, "--sip", this.sip];
    this.#child = spawn(program, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, TRUNKLINE_DEMO_PASSWORD: PASSWORD, TRUNKLINE_DEMO_TOKEN: TOKEN, RUST_LOG: "error" },
    });
    const end = Date.now() + READY_MILLIS;
    while (!(await this.#isReady())) {
      if (this.#child.exitCode !== null) throw new Error("the program ended at its start");
      if (Date.now() > end) throw new Error("the program is not ready in time");
      await new Promise((wake) => setTimeout(wake, LOOK_MILLIS));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    this.#front?.closeAllConnections();
    this.#front?.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Asks the API with the token of the demo. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.#request(method, path, "application/json", body === undefined ? undefined : JSON.stringify(body));
  }

  /** Sends a file, or something else that is not JSON. */
  send(path: string, type: string, body: string | Buffer<ArrayBuffer>): Promise<unknown> {
    return this.#request("POST", path, type, body);
  }

  async #request(method: string, path: string, type: string, body: string | Buffer<ArrayBuffer> | undefined): Promise<unknown> {
    for (let triesLeft = SETTLING_TRIES_MAX; ; triesLeft -= 1) {
      const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": type };
      const response = await fetch(`${this.program}/api/v1${path}`, { method, headers, body });
      const text = await response.text();
      if (response.ok) return text === "" ? undefined : JSON.parse(text);
      // The settings of an organization are read for a moment after it was made.
      if (response.status !== 503 || triesLeft === 0) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      await new Promise((wake) => setTimeout(wake, LOOK_MILLIS));
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.program}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

/** A port that was free a moment ago, from a range that may be given. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
