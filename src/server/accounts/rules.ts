import type { Role } from "./schema";

/** How long an access token of an API client opens anything. */
export const ACCESS_MINUTES = 15;

/** So long after a sign-in the password counts as just given. */
export const FRESH_MINUTES = 10;

/** A session ends after so long, whatever happens: staff after a shift, patients after a month. */
export const SESSION_HOURS: Record<Role, number> = { patient: 30 * 24, doctor: 12, admin: 12 };

/** A session ends after so long without a request, in the browser and for API clients alike. */
export const IDLE_MINUTES: Record<Role, number> = { patient: 7 * 24 * 60, doctor: 15, admin: 15 };
