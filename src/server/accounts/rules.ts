import type { Role } from "./schema";

/** How long an access token of an API client is valid. */
export const ACCESS_MINUTES = 15;

/** For how long after a sign-in the app does not ask for the password again. */
export const FRESH_MINUTES = 10;

/** How long a session lasts at most: a shift for staff, a month for patients. */
export const SESSION_HOURS: Record<Role, number> = { patient: 30 * 24, doctor: 12, admin: 12 };

/** How long a session lasts without a request, in the browser and for API clients. */
export const IDLE_MINUTES: Record<Role, number> = { patient: 7 * 24 * 60, doctor: 15, admin: 15 };
