import { runIfMain } from "../launcher/command";
import { withDatabase } from "../launcher/environment";

await runIfMain(import.meta.url, () =>
  withDatabase(async () => {
    const { rewrapDataKeys } = await import("../../src/server/platform/phi");
    const { closeDb } = await import("../../src/server/platform/db");
    const { resealAnswers } = await import("../../src/server/platform/idempotency");
    try {
      const { version, rewrapped } = await rewrapDataKeys();
      const resealed = await resealAnswers();
      console.log(
        `Encrypted ${rewrapped} data keys and ${resealed} stored answers with key version ${version}`,
      );
    } finally {
      await closeDb();
    }
  }),
);
