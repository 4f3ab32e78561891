import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { personName } from "../../src/server/platform/schema";
import { runIfMain, UserError } from "../launcher/command";
import { withDatabase } from "../launcher/environment";

// Only an operator can create the first admin. There is no API for it.
await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: { email: { type: "string" }, name: { type: "string", default: "Administrator" } },
  });
  const email = values.email?.trim().toLowerCase();
  if (!email?.includes("@"))
    throw new UserError("Name the address: npm run admin:create -- --email a@b.c");
  const name = personName.safeParse(values.name);
  if (!name.success) throw new UserError("The name must be one line without a link.");
  await withDatabase(async () => {
    const { createAdmin } = await import("../../src/server/accounts/commands/account");
    const { closeDb } = await import("../../src/server/platform/db");
    const password = randomBytes(15).toString("base64url");
    await createAdmin(email, name.data, password).finally(closeDb);
    console.log(
      `Created the admin ${email}. This password is shown only once. Change it after the first sign-in:`,
    );
    console.log(`\n  ${password}\n`);
  });
});
