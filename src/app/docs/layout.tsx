import type { ReactNode } from "react";
import { SiteShell } from "../_components/SiteShell";

/** Adds the header and footer of the site. Swagger UI renders the <main> itself. */
export default function Layout({ children }: { children: ReactNode }) {
  return <SiteShell ownMain>{children}</SiteShell>;
}
