import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { personName } from "../../src/server/platform/schema";
import { runIfMain, UserError } from "../launcher/command";
import { withDatabase } from "../launcher/environment";

// The first admin is made by whoever runs the app, never by an API.
await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: { email: { type: "string" }, name: { type: "string", default: "Administrator" } },
  });
  const email = values.email?.trim().toLowerCase();
  if (!email?.includes("@")) throw new UserError("Say who: npm run admin:create -- --email a@b.c");
  const name = personName.safeParse(values.name);
  if (!name.success) throw new UserError("Give a name of one line, without a link.");
  await withDatabase(async () => {
    const { createAdmin } = await import("../../src/server/accounts/commands/account");
    const { closeDb } = await import("../../src/server/platform/db");
    const password = randomBytes(15).toString("base64url");
    await createAdmin(email, name.data, password).finally(closeDb);
    console.log(
      `Made the admin ${email}. This password is shown once; change it after signing in:`,
    );
    console.log(`\n  ${password}\n`);
  });
});
