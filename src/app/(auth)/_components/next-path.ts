/**
 * Reads the path to open after sign-in. It accepts only a path of this site, so that a link cannot send the
 * user to another site.
 */
export function nextPath(value: string | string[] | undefined): string | null {
  const path = [value].flat()[0];
  return path && /^\/(?![/\\])[\w\-./?=&%:[\]]*$/.test(path) ? path : null;
}

/** The page that each role sees first after sign-in. */
export const HOME = { patient: "/bookings", doctor: "/doctor", admin: "/admin" } as const;
