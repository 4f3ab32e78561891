import { runIfMain } from "./command";
import { withDatabase } from "./environment";

await runIfMain(import.meta.url, () =>
  withDatabase(async () => {
    const { rewrapDataKeys } = await import("../src/server/platform/phi");
    const { closeDb } = await import("../src/server/platform/db");
    const { version, rewrapped } = await rewrapDataKeys().finally(closeDb);
    console.log(`${rewrapped} data keys wrapped anew under version ${version}`);
  }),
);
