import { env } from "@/env";

/** The headers of every response. */
function commonHeaders(): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // Consultations need camera and microphone, on our own pages only.
    "permissions-policy":
      "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()",
    // Not over plain HTTP: a demo on localhost must not force HTTPS on other programs of localhost.
    ...(isHttps() && { "strict-transport-security": "max-age=63072000; includeSubDomains" }),
  };
}

const isHttps = () => env.APP_URL.startsWith("https:");

/** The headers of API responses. A browser that shows one runs, loads and frames nothing. */
export const apiHeaders = (): Record<string, string> => ({
  ...commonHeaders(),
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
});

/**
 * The content security policy of a page. A script runs only with the response's nonce, or if a script
 * with the nonce loads it. Style elements need the nonce too. `style` attributes are allowed: the
 * component library renders them on the server, and an attribute has no selectors. Development needs
 * eval (React's stacks), inline styles, and a web socket (reloading).
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

/** The headers of pages. */
export const pageHeaders = (nonce: string): Record<string, string> => ({
  ...commonHeaders(),
  "content-security-policy": pagePolicy(nonce),
});
