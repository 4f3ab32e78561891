import { afterAll, afterEach } from "vitest";
import { FakeSmtp } from "./fake-smtp";

/** A mail server, for this test file. */
export const smtp = await FakeSmtp.start();

// Imported first by the test file: the environment is read when the other helpers are imported.
Object.assign(process.env, { SMTP_URL: smtp.url, MAIL_FROM: "Amrutam <care@amrutam.test>" });

afterEach(() => {
  smtp.rcptAnswer = "250 ok";
});
afterAll(() => smtp.stop());
