import { once } from "node:events";
import { connect } from "node:net";

/** One answer as it came over the wire. */
export type RawAnswer = { status: number; head: string; body: string };

/** The answers in what a server sent, whose bodies all say how long they are. */
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

/** Sends bytes that no HTTP library would, and reads until the server ends the connection. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(text, "latin1");
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** A request line and headers, after which the connection ends. */
export const rawRequest = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, "Host: localhost", ...headers, "Connection: close", "", ""].join("\r\n");
