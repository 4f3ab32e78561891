import { runIfMain } from "../launcher/command";
import { withDatabase } from "../launcher/environment";

await runIfMain(import.meta.url, () =>
  withDatabase(async () => {
    const { verifyAudit } = await import("../../src/server/audit/queries/verify");
    const { closeDb } = await import("../../src/server/platform/db");
    const { ok, entries, firstBroken } = await verifyAudit().finally(closeDb);
    if (ok) {
      console.log(`${entries} entries, every chain is intact`);
      return;
    }
    console.error(`${entries} entries read. The first broken entry:`, firstBroken);
    process.exitCode = 1;
  }),
);
