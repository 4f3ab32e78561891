import type { Viewer } from "../_trpc/server";

export type NavItem = { href: string; label: string };

const FIND: NavItem = { href: "/doctors", label: "Find a doctor" };
const HOW: NavItem = { href: "/#how-it-works", label: "How it works" };

/** Returns the main navigation of a role; without a role, that of a guest. */
export function navigationFor(role: Viewer["role"] | undefined): NavItem[] {
  switch (role) {
    case "patient":
      return [
        FIND,
        { href: "/bookings", label: "My bookings" },
        { href: "/payments", label: "Payments" },
      ];
    case "doctor":
      return [
        { href: "/doctor", label: "My day" },
        { href: "/doctor/availability", label: "My hours" },
        { href: "/doctor/profile", label: "Public profile" },
      ];
    case "admin":
      return [
        { href: "/admin", label: "Overview" },
        { href: "/admin/people", label: "People" },
        { href: "/admin/doctors", label: "Doctors" },
        { href: "/admin/audit", label: "Audit log" },
        { href: "/admin/jobs", label: "Jobs" },
      ];
    default:
      return [FIND, HOW];
  }
}

/** Returns the item that a page belongs to: the item with the longest path above the page's path. */
export function currentItem(items: NavItem[], path: string): NavItem | undefined {
  return items
    .filter(({ href }) => href === path || (href !== "/" && path.startsWith(`${href}/`)))
    .sort((a, b) => b.href.length - a.href.length)[0];
}
