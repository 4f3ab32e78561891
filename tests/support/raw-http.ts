import { once } from "node:events";
import { connect } from "node:net";

/** An answer with its unparsed header text. */
export type RawAnswer = { status: number; head: string; body: string };

/** Splits what a server sent into answers. Each must have a Content-Length. */
export function answersIn(sent: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = sent; rest; ) {
    const end = rest.indexOf("\r\n\r\n");
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    answers.push({
      status: Number(head.split(" ")[1]),
      head,
      body: rest.slice(end + 4, end + 4 + length),
    });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** Sends arbitrary bytes and reads until the server closes the connection. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(text, "latin1");
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** Builds a request after which the server closes the connection. */
export const rawRequest = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, "Host: localhost", ...headers, "Connection: close", "", ""].join("\r\n");
