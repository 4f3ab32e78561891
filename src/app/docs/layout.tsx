import type { ReactNode } from "react";
import { SiteShell } from "../_components/SiteShell";

/** Sets the reference in the site's shell; Swagger UI brings the <main>. */
export default function Layout({ children }: { children: ReactNode }) {
  return <SiteShell ownMain>{children}</SiteShell>;
}
