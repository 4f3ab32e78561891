import { env } from "@/env";

/** What a browser is told about every answer, page or data. */
function commonHeaders(): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // Camera and microphone are for consultations, on our own pages alone.
    "permissions-policy":
      "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()",
    // Over plain HTTP browsers ignore it, and a demo on localhost must not bind its neighbours.
    ...(isHttps() && { "strict-transport-security": "max-age=63072000; includeSubDomains" }),
  };
}

const isHttps = () => env.APP_URL.startsWith("https:");

/** For answers that are data: nothing in them may run, load or be framed, whatever it looks like. */
export const apiHeaders = (): Record<string, string> => ({
  ...commonHeaders(),
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
});

/**
 * A page's policy: scripts run only with this answer's nonce, or loaded by one that has it.
 * Styles too; but `style` attributes are let through, since the component library positions and
 * colours with them on the server, and an attribute can neither select nor load by selector.
 * Development needs eval (React's stacks), unmarked styles and a socket (reloading).
 */
function pagePolicy(nonce: string): string {
  const isDev = env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDev ? " 'unsafe-eval'" : ""}`,
    `style-src-elem 'self' ${isDev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDev ? " ws:" : ""}`,
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(isHttps() ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

/** For pages. */
export const pageHeaders = (nonce: string): Record<string, string> => ({
  ...commonHeaders(),
  "content-security-policy": pagePolicy(nonce),
});
