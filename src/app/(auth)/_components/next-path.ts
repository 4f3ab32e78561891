/** Where to go after signing in: a path of this site and nothing else, so that nobody is led away by a link. */
export function nextPath(value: string | string[] | undefined): string | null {
  const path = [value].flat()[0];
  return path && /^\/(?![/\\])[\w\-./?=&%:[\]]*$/.test(path) ? path : null;
}

/** The first page of each role. */
export const HOME = { patient: "/bookings", doctor: "/doctor", admin: "/admin" } as const;
