/** The first that matches names it: Edge and Opera call themselves Chrome as well, Chrome calls itself Safari. */
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

/** A browser's user agent as people call it: "Chrome on Android". What says nothing stays what it is. */
export function deviceName(userAgent: string): string {
  const [browser, system] = [nameIn(BROWSERS, userAgent), nameIn(SYSTEMS, userAgent)];
  if (browser && system) return `${browser} on ${system}`;
  if (browser || system) return browser ?? system ?? "";
  const program = /^[\w.-]{2,30}/.exec(userAgent)?.[0];
  return program && program !== "unknown" ? program : "A device without a name";
}

/** Whether it is held in the hand, for its picture. */
export const isHandheld = (userAgent: string): boolean =>
  /iPhone|iPad|Android|Mobile/.test(userAgent);
