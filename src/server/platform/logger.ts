import pino from "pino";
import { env } from "@/env";

/**
 * Structured logs on stdout. Inputs and bodies are never logged, so there is no PHI to redact;
 * the redaction below is a second line for headers and credentials.
 */
export const logger = pino({
  level: env.LOG_LEVEL,
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ["*.authorization", "*.cookie", "*.password", "*.accessToken", "*.refreshToken"],
});
