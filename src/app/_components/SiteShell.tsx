import type { ReactNode } from "react";
import { getSession } from "../_trpc/server";
import { Footer } from "./Footer";
import { Header } from "./Header";
import classes from "./SiteShell.module.css";

/** Skip link, header, page and footer: what every page but the gateway's is set in. */
export async function SiteShell({ children }: { children: ReactNode }) {
  const viewer = await getSession();
  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <Header viewer={viewer} />
      <main id="content" tabIndex={-1} className={classes.main}>
        {children}
      </main>
      <Footer />
    </div>
  );
}
