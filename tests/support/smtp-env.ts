import { afterAll, afterEach } from "vitest";
import { FakeSmtp } from "./fake-smtp";

/** The mail server of this test file. */
export const smtp = await FakeSmtp.start();

// The test file imports this module first, because the other modules read the environment.
Object.assign(process.env, { SMTP_URL: smtp.url, MAIL_FROM: "Amrutam <care@amrutam.test>" });

afterEach(() => {
  smtp.rcptAnswer = "250 ok";
});
afterAll(() => smtp.stop());
