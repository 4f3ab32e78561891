import { zonePeriod } from "./format";

/** An instant that the device would show differently in a zone than the server does. */
export type ClockDifference = { at: string; zone: string; minutesAhead: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the UTC offset in minutes by the device's zone data; null for a zone that it does not know. */
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

/** Compares how the device and the server show an instant; null if both show the same time. */
export function clockDifferenceAt(at: string, zone: string): ClockDifference | null {
  const ms = Date.parse(at);
  const offset = deviceOffset(ms, zone);
  if (offset === null) return null;
  const minutesAhead = offset - zonePeriod(ms, zone).offset;
  return minutesAhead === 0 ? null : { at, zone, minutesAhead };
}
