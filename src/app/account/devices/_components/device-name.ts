/** The first match counts: Edge and Opera also name Chrome in their user agent, and Chrome names Safari. */
const BROWSERS: Array<[RegExp, string]> = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: Array<[RegExp, string]> = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "Chromebook"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"],
  [/\bLinux\b/, "Linux"],
];

const nameIn = (names: Array<[RegExp, string]>, text: string) =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** Names a device by its user agent: "Chrome on Android". An unknown program keeps its own name. */
export function deviceName(userAgent: string): string {
  const [browser, system] = [nameIn(BROWSERS, userAgent), nameIn(SYSTEMS, userAgent)];
  if (browser && system) return `${browser} on ${system}`;
  if (browser || system) return browser ?? system ?? "";
  const program = /^[\w.-]{2,30}/.exec(userAgent)?.[0];
  return program && program !== "unknown" ? program : "A device without a name";
}

/** Tells whether a device is a phone or tablet, for its icon. */
export const isHandheld = (userAgent: string): boolean =>
  /iPhone|iPad|Android|Mobile/.test(userAgent);
