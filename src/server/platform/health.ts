import { db } from "./db";
import { jobsAreWell } from "./inngest/health";
import { storeAnswers } from "./rate-limit-store";

const PATIENCE_MS = 2000;

/** What this process needs and whether it is there. @returns the names of what is not. */
export async function missingParts(): Promise<string[]> {
  const database = db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), PATIENCE_MS).unref();
  });
  const isDatabaseThere = await Promise.race([database, late]);
  return [
    ...(isDatabaseThere ? [] : ["database"]),
    ...(jobsAreWell() ? [] : ["jobs"]),
    ...((await storeAnswers()) ? [] : ["cache"]),
  ];
}
