import type { ReactNode } from "react";
import { SiteShell } from "../_components/SiteShell";

/** Sets these pages in the site's shell. */
export default function Layout({ children }: { children: ReactNode }) {
  return <SiteShell>{children}</SiteShell>;
}
