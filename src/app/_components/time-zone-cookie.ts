/** Where the viewer's zone is kept between requests, so that the server renders the same times. */
export const TIME_ZONE_COOKIE = "am_tz";

/** A zone, and whether the viewer chose it or the browser told us. */
export type ViewerZone = { zone: string; chosen: boolean };

/** The zone of most viewers, used until the browser has said otherwise. */
export const DEFAULT_ZONE = "Asia/Kolkata";

/** Browsers still report some cities by the names they had; people look for the ones they have. */
const RENAMED: Record<string, string> = {
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Europe/Kiev": "Europe/Kyiv",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
};

/** A zone under the name that its city has today. */
export function modernZone(zone: string): string {
  const name = RENAMED[zone];
  return name && isTimeZone(name) ? name : zone;
}

/** True for a name that Intl accepts. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Reads `auto:Area/City` or `chosen:Area/City`; anything else is null. */
export function parseTimeZoneCookie(value: string | undefined): ViewerZone | null {
  const [kind, zone] = decodeURIComponent(value ?? "").split(":");
  if (!zone || !isTimeZone(zone)) return null;
  return { zone: modernZone(zone), chosen: kind === "chosen" };
}

/** The cookie's text for a zone; a year, since zones are no secret and rarely change. */
export function timeZoneCookie({ zone, chosen }: ViewerZone): string {
  const value = encodeURIComponent(`${chosen ? "chosen" : "auto"}:${zone}`);
  return `${TIME_ZONE_COOKIE}=${value}; path=/; max-age=31536000; samesite=lax`;
}
