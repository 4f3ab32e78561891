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
  const times = async (count: number, work: () => Promise<unknown>) => {
    for (let n = 0; n < count; n++) await work();
  };

  test("a free address gets three an hour, however often it is registered", async () => {
    const email = newEmail();
    await times(12, () => register(email));
    expect(await mailsTo(email)).toHaveLength(3);
    await moveClock("61 minutes");
    await times(2, () => register(email));
    expect(await mailsTo(email)).toHaveLength(5);
  });

  test("a taken address gets three an hour", async () => {
    const { email } = await makeMember("patient");
    await times(6, () => register(email));
    const subjects = (await mailsTo(email)).map(({ subject }) => subject);
    expect(subjects).toEqual(Array(3).fill("You already have an account"));
  });

  test("codes that a right password asks for count as well", async () => {
    const email = newEmail();
    await register(email);
    await times(5, () => post("/auth/login", { email, password: PASSWORD }));
    expect(await mailsTo(email)).toHaveLength(3);
  });

  test("an address gets three links for a new password an hour, whatever else it got", async () => {
    const { email } = await makeMember("patient");
    await times(4, () => register(email));
    await times(5, () => post("/auth/reset/request", { email }));
    const subjects = (await mailsTo(email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === "Set a new password")).toHaveLength(3);
  });

  test("an address gets ten a day", async () => {
    const email = newEmail();
    for (let hour = 0; hour < 5; hour++) {
      await moveClock(`${hour * 61} minutes`);
      await times(3, () => register(email));
      await sendOwedMails();
    }
    expect(await mailsTo(email)).toHaveLength(10);
    await moveClock("26 hours");
    await register(email);
    expect(await mailsTo(email)).toHaveLength(11);
  });

  test("twelve that are sent at once are three", async () => {
    const email = newEmail();
    await times(12, () => register(email));
    const owed = await sql<{ id: string }>(
      "SELECT m.id FROM notifications m JOIN users u ON u.id = m.user_id WHERE u.email = $1",
      [email],
    );
    valuesOf(await raceOf(owed.length, (n) => deliver(owed[n]?.id ?? "")));
    expect(await mailsTo(email)).toHaveLength(3);
  });

  test("contain no text that the person who registered has chosen", async () => {
    const email = newEmail();
    await register(email, "Zyxwvut");
    const [mail] = await mailsTo(email);
    expect(`${mail?.subject} ${mail?.text}`).not.toContain("Zyxwvut");
  });

  test("one that no job has sent is sent by the sweep, with the same code", async () => {
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
