import pino from "pino";
import { env } from "@/env";

/**
 * Writes structured logs to stdout. Inputs and bodies are never logged, so the logs contain no clinical
 * data. The redaction is a second guard, for headers and credentials.
 */
export const logger = pino({
  level: env.LOG_LEVEL,
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ["*.authorization", "*.cookie", "*.password", "*.accessToken", "*.refreshToken"],
});
