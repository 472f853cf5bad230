import { randomUUID } from "node:crypto";
import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** The server knows the trunk that a caller comes from a moment after it was made. */
const AGAIN_MILLIS = 500;

/** A caller from outside: just enough of SIP over UDP to wait in a queue. RFC 3261 §13 */
export class Caller {
  #answered: () => void = () => undefined;
  #ended: () => void = () => undefined;
  #again: () => void = () => undefined;
  /** Resolves when the call is answered, and when the other side ends it. */
  readonly answered = new Promise<void>((resolve) => (this.#answered = resolve));
  readonly ended = new Promise<void>((resolve) => (this.#ended = resolve));
  #id = "";

  private constructor(
    private readonly socket: Socket,
    private readonly server: { host: string; port: number },
    readonly address: string,
  ) {
    socket.on("message", (message) => this.#receive(message.toString()));
  }

  static async open(server: string): Promise<Caller> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address() satisfies AddressInfo;
    const [host = "", serverPort = ""] = server.split(":");
    return new Caller(socket, { host, port: Number(serverPort) }, `127.0.0.1:${port}`);
  }

  /** The same caller, for another call. */
  again(): Caller {
    this.socket.removeAllListeners("message");
    return new Caller(this.socket, this.server, this.address);
  }

  call(from: string, to: string): void {
    this.#id = randomUUID();
    this.#again = () => this.call(from, to);
    const body = [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "c=IN IP4 127.0.0.1",
      "t=0 0",
      "m=audio 40000 RTP/AVP 0",
      "a=rtpmap:0 PCMU/8000",
      "",
    ].join("\r\n");
    this.#send(
      [
        `INVITE sip:${to}@${this.server.host} SIP/2.0`,
        ...this.#common("INVITE"),
        `From: <sip:${from}@127.0.0.1>;tag=${this.#id}`,
        `To: <sip:${to}@${this.server.host}>`,
        "Content-Type: application/sdp",
        `Content-Length: ${body.length}`,
      ],
      body,
    );
  }

  close(): void {
    this.socket.close();
  }

  #receive(message: string): void {
    const [first = ""] = message.split("\r\n");
    const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(message)?.[1]?.trim() ?? "";
    if (first.startsWith("SIP/2.0 200") && header("CSeq").endsWith("INVITE")) {
      const contact = /<([^>]*)>/.exec(header("Contact"))?.[1] ?? "";
      this.#send([`ACK ${contact} SIP/2.0`, ...this.#common("ACK"), `From: ${header("From")}`, `To: ${header("To")}`]);
      this.#answered();
    }
    // A stranger to the server, who leaves no trace there.
    if (first.startsWith("SIP/2.0 401")) setTimeout(this.#again, AGAIN_MILLIS);
    if (first.startsWith("BYE ")) {
      const same = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${header(name)}`);
      this.#send(["SIP/2.0 200 OK", ...same, "Content-Length: 0"]);
      this.#ended();
    }
  }

  #common(method: string): string[] {
    return [
      `Via: SIP/2.0/UDP ${this.address};branch=z9hG4bK${this.#id}${method};rport`,
      "Max-Forwards: 70",
      `Call-ID: ${this.#id}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:caller@${this.address}>`,
    ];
  }

  #send(lines: string[], body = ""): void {
    this.socket.send(`${lines.join("\r\n")}\r\n\r\n${body}`, this.server.port, this.server.host);
  }
}
