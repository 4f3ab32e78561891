import type { Viewer } from "../_trpc/server";

export type NavItem = { href: string; label: string };

const FIND: NavItem = { href: "/doctors", label: "Find a doctor" };
const HOW: NavItem = { href: "/#how-it-works", label: "How it works" };

/** The main navigation of each role; a guest sees the public part. */
export function navigationFor(role: Viewer["role"] | undefined): NavItem[] {
  switch (role) {
    case "patient":
      return [FIND, { href: "/bookings", label: "My bookings" }];
    case "doctor":
      return [{ href: "/doctor", label: "My day" }];
    case "admin":
      return [{ href: "/admin", label: "Overview" }, FIND];
    default:
      return [FIND, HOW];
  }
}
