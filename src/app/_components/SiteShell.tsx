import type { ReactNode } from "react";
import { getSession } from "../_trpc/server";
import { DeviceNotice } from "./DeviceNotice";
import { DraftsProvider } from "./Drafts";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { SessionWatch } from "./SessionWatch";
import classes from "./SiteShell.module.css";

/**
 * Wraps a page in the skip link, header and footer. Every page except the sandbox gateway's uses it.
 * @param ownMain the page renders its own <main>.
 */
export async function SiteShell({
  children,
  ownMain = false,
}: {
  children: ReactNode;
  ownMain?: boolean;
}) {
  const viewer = await getSession();
  const Content = ownMain ? "div" : "main";
  return (
    <DraftsProvider userId={viewer?.userId ?? null}>
      <div className={classes.shell}>
        <a className="skip-link" href="#content">
          Skip to content
        </a>
        <Header viewer={viewer} />
        <DeviceNotice />
        <Content id="content" tabIndex={-1} className={classes.main}>
          {children}
        </Content>
        <Footer />
        {viewer ? <SessionWatch role={viewer.role} /> : null}
      </div>
    </DraftsProvider>
  );
}
