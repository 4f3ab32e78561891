import type { ReactNode } from "react";
import { SiteShell } from "../_components/SiteShell";

/** Adds the header and footer of the site to these pages. */
export default function Layout({ children }: { children: ReactNode }) {
  return <SiteShell>{children}</SiteShell>;
}
