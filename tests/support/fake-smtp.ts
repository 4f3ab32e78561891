import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

type Mail = { from: string; to: string; raw: string };

/** A minimal SMTP server that accepts mails or refuses recipients. */
export class FakeSmtp {
  readonly mails: Mail[] = [];
  /** The answer to RCPT. */
  rcptAnswer = "250 ok";
  /** Time until a received mail is acknowledged. */
  delayMs = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeSmtp> {
    const server = createServer((socket) => fake.converse(socket));
    const fake = new FakeSmtp(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private converse(socket: Socket): void {
    this.sockets.add(socket);
    let buffer = "";
    let mail: Mail = { from: "", to: "", raw: "" };
    let inData = false;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    const take = (line: string) => {
      if (inData) {
        if (line !== ".") {
          mail.raw += `${line}\n`;
          return;
        }
        inData = false;
        this.mails.push(mail);
        return void setTimeout(say, this.delayMs, "250 accepted");
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "MAIL") mail = { from: line.slice(10), to: "", raw: "" };
      if (verb === "RCPT") {
        mail.to = line.slice(9, -1);
        return say(this.rcptAnswer);
      }
      if (verb === "DATA") {
        inData = true;
        return say("354 go on");
      }
      if (verb === "STAR") return say("502 no such thing");
      if (verb === "QUIT") return void socket.end("221 bye\r\n");
      say("250 ok");
    };
    socket.setEncoding("utf8").on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("data", (text: string) => {
      buffer += text;
      const lines = buffer.split("\r\n");
      buffer = lines.pop() ?? "";
      for (const line of lines) take(line);
    });
    say("220 fake");
  }
}
