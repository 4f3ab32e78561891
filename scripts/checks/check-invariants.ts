import { runIfMain } from "../launcher/command";
import { withDatabase } from "../launcher/environment";
import { checkInvariants, report } from "./invariants/check";

await runIfMain(import.meta.url, async () => {
  const drained = process.argv.includes("--drained");
  const findings = await withDatabase(({ migrationUrl }) =>
    checkInvariants(migrationUrl, { drained }),
  );
  const violations = findings.reduce((sum, finding) => sum + finding.violations, 0);
  process.stdout.write(`${report(findings)}\n\nviolations ${violations}\n`);
  if (violations > 0) process.exitCode = 1;
});
