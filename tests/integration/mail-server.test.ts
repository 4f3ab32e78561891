import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { FakeSmtp } from "../support/fake-smtp";

const server = await FakeSmtp.start();
afterAll(() => server.stop());

// The server offers no TLS. "127.1" is this machine too, but the app does not recognise it as loopback.
const elsewhere = server.url.replace("127.0.0.1", "127.1");
const message = { id: "01a1fefd-012a-7324-8449-4ca97a69caf5", userId: "", toName: "Meera" };

async function send(url: string): Promise<void> {
  process.env.SMTP_URL = url;
  const { emailChannel } = await import("@/server/notifications/channels");
  const text = { to: "meera@example.test", subject: "Tomorrow", text: "At nine" };
  await emailChannel().send({ ...message, ...text }, async () => {});
}

beforeEach(() => {
  vi.resetModules();
  server.mails.length = 0;
});

test("mail is not sent to another machine without TLS", async () => {
  await expect(send(elsewhere)).rejects.toThrow("mail not sent: ETLS");
  expect(server.mails).toEqual([]);
});

test.each([
  ["to a server on this machine", server.url],
  ["with requireTLS=false", `${elsewhere}?requireTLS=false`],
])("mail is sent without TLS %s", async (_what, url) => {
  await send(url);
  expect(server.mails).toMatchObject([{ to: "meera@example.test" }]);
});

test("mail is sent even if the server takes eleven seconds to accept it", async () => {
  server.delayMs = 11_000;
  await send(server.url);
  expect(server.mails).toHaveLength(1);
}, 60_000);
