import { zonePeriod } from "./format";

/** An instant at which the device's clocks of a zone differ from the server's. */
export type ClockDifference = { at: string; zone: string; minutesAhead: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/** The offset from UTC, in minutes, by the device's own zone data; null for a zone that it does not know. */
function deviceOffset(at: number, zone: string): number | null {
  try {
    const format =
      formats.get(zone) ??
      new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return null;
  }
}

/** How far the device would show an instant ahead of what we show; null where both agree. */
export function clockDifferenceAt(at: string, zone: string): ClockDifference | null {
  const ms = Date.parse(at);
  const theirs = deviceOffset(ms, zone);
  if (theirs === null) return null;
  const minutesAhead = theirs - zonePeriod(ms, zone).offset;
  return minutesAhead === 0 ? null : { at, zone, minutesAhead };
}
