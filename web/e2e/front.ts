import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from "node:http";
import { extname, join, normalize } from "node:path";

/** Paths that the program answers itself. */
const OF_PROGRAM = /^\/(api|operator|healthz|readyz|metrics|ws)(\/|$)/;

const TYPES: Partial<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Pages of a folder before a program that was built with others, with that program's policy of what pages may do. */
export function front(folder: string, port: number, program: string): Server {
  const { hostname, port: programPort } = new URL(program);
  let policy: Promise<string> | undefined;
  const readPolicy = async () => (await fetch(program)).headers.get("content-security-policy") ?? "";

  const pass = (asked: IncomingMessage, answer: ServerResponse) => {
    const { method, url: path, headers } = asked;
    const passed = request({ hostname, port: programPort, method, path, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
      got.on("error", () => answer.destroy());
    });
    // A program that is away answers nothing.
    passed.on("error", () => asked.socket.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  };

  const show = async (path: string, answer: ServerResponse) => {
    const name = extname(path) === "" ? "index.html" : normalize(path);
    try {
      const bytes = await readFile(join(folder, name));
      policy ??= readPolicy();
      answer.writeHead(200, {
        "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
        "Content-Security-Policy": await policy,
      });
      answer.end(bytes);
    } catch {
      policy = undefined;
      answer.writeHead(404).end();
    }
  };

  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url ?? "/", "http://front");
    if (OF_PROGRAM.test(pathname)) pass(asked, answer);
    else void show(pathname, answer);
  });
  // SIP over WebSocket.
  server.on("upgrade", (asked, socket, head) => {
    const { method, url: path, headers } = asked;
    const passed = request({ hostname, port: programPort, method, path, headers });
    passed.on("upgrade", (answer, further, first) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
      socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      socket.write(first);
      further.write(head);
      further.pipe(socket).pipe(further);
      further.on("error", () => socket.destroy());
      socket.on("error", () => further.destroy());
    });
    passed.on("response", () => socket.destroy());
    passed.on("error", () => socket.destroy());
    passed.end();
  });
  server.listen(port, "127.0.0.1");
  return server;
}
