/** The cookie with the viewer's zone. The server reads it to render the same times as the browser. */
export const TIME_ZONE_COOKIE = "am_tz";

/** A zone, and whether the viewer chose it. Otherwise it is the browser's zone. */
export type ViewerZone = { zone: string; chosen: boolean };

/** The zone of most viewers. It is used until the browser's zone is known. */
export const DEFAULT_ZONE = "Asia/Kolkata";

/** The current names of zones that browsers still report by the old name of the city. */
const RENAMED: Record<string, string> = {
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Europe/Kiev": "Europe/Kyiv",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
};

/** Returns a zone's current name. */
export function modernZone(zone: string): string {
  const name = RENAMED[zone];
  return name && isTimeZone(name) ? name : zone;
}

/** Tells whether Intl accepts a name as a zone. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Reads a cookie's value, `auto:Area/City` or `chosen:Area/City`; null for anything else. */
export function parseTimeZoneCookie(value: string | undefined): ViewerZone | null {
  const [kind, zone] = decodeURIComponent(value ?? "").split(":");
  if (!zone || !isTimeZone(zone)) return null;
  return { zone: modernZone(zone), chosen: kind === "chosen" };
}

/** Returns the cookie for a zone. It lasts a year: a zone is no secret and rarely changes. */
export function timeZoneCookie({ zone, chosen }: ViewerZone): string {
  const value = encodeURIComponent(`${chosen ? "chosen" : "auto"}:${zone}`);
  return `${TIME_ZONE_COOKIE}=${value}; path=/; max-age=31536000; samesite=lax`;
}
