import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { deliver, sendOverdue } from "@/server/notifications/commands/notify";
import { makeMember, PASSWORD } from "../support/accounts";
import { sql } from "../support/database";
import { labelOf, useHost } from "../support/http";
import { moveClock } from "../support/jobs";
import { confirmationOf, mailsTo, sendOwedMails } from "../support/mails";
import { raceOf, valuesOf } from "../support/race";

vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

const newEmail = () => `${randomUUID()}@example.test`;

describe("mails that a stranger can cause", { timeout: 180_000 }, () => {
  const api = useHost("node server");
  afterEach(() => moveClock("0"));
  const post = (path: string, body: object) => api.post(path, body, null, { key: null });
  const register = (email: string, name = "New Patient") =>
    post("/auth/register", { email, password: PASSWORD, name });
  const repeat = async (count: number, work: () => Promise<unknown>) => {
    for (let n = 0; n < count; n++) await work();
  };

  test("are limited to three an hour for a free address, however often it is registered", async () => {
    const email = newEmail();
    await repeat(12, () => register(email));
    expect(await mailsTo(email)).toHaveLength(3);
    await moveClock("61 minutes");
    await repeat(2, () => register(email));
    expect(await mailsTo(email)).toHaveLength(5);
  });

  test("are limited to three an hour for a taken address", async () => {
    const { email } = await makeMember("patient");
    await repeat(6, () => register(email));
    const subjects = (await mailsTo(email)).map(({ subject }) => subject);
    expect(subjects).toEqual(Array(3).fill("You already have an account"));
  });

  test("are limited to three an hour when sign-ins with the right password ask for codes", async () => {
    const email = newEmail();
    await register(email);
    await repeat(5, () => post("/auth/login", { email, password: PASSWORD }));
    expect(await mailsTo(email)).toHaveLength(3);
  });

  test("include at most three password links an hour, counted apart from other mails", async () => {
    const { email } = await makeMember("patient");
    await repeat(4, () => register(email));
    await repeat(5, () => post("/auth/reset/request", { email }));
    const subjects = (await mailsTo(email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === "Set a new password")).toHaveLength(3);
  });

  test("are limited to ten a day for one address", async () => {
    const email = newEmail();
    for (let hour = 0; hour < 5; hour++) {
      await moveClock(`${hour * 61} minutes`);
      await repeat(3, () => register(email));
      await sendOwedMails();
    }
    expect(await mailsTo(email)).toHaveLength(10);
    await moveClock("26 hours");
    await register(email);
    expect(await mailsTo(email)).toHaveLength(11);
  });

  test("are limited to three when twelve are sent at the same time", async () => {
    const email = newEmail();
    await repeat(12, () => register(email));
    const owed = await sql<{ id: string }>(
      "SELECT m.id FROM notifications m JOIN users u ON u.id = m.user_id WHERE u.email = $1",
      [email],
    );
    valuesOf(await raceOf(owed.length, (n) => deliver(owed[n]?.id ?? "")));
    expect(await mailsTo(email)).toHaveLength(3);
  });

  test("contain no text that the stranger has chosen", async () => {
    const email = newEmail();
    await register(email, "Zyxwvut");
    const [mail] = await mailsTo(email);
    expect(`${mail?.subject} ${mail?.text}`).not.toContain("Zyxwvut");
  });

  test("are sent by the sweep with the same code if no job has sent them", async () => {
    const email = newEmail();
    await register(email);
    const { code } = await confirmationOf(email);
    await sql(
      `UPDATE notifications m SET status = 'PENDING', due_at = now() - interval '3 minutes'
         FROM users u WHERE u.id = m.user_id AND u.email = $1`,
      [email],
    );
    await sql("DELETE FROM mailbox_messages");
    expect(await sendOverdue()).toBe(1);
    expect((await confirmationOf(email)).code).toBe(code);
    expect(labelOf(await post("/auth/verify", { email, code }))).toBe("200");
  });
});
