import type { ReactNode } from "react";
import { PageContainer } from "../_components/PageContainer";
import { SiteShell } from "../_components/SiteShell";
import { getSession } from "../_trpc/server";
import { AccountFrame } from "./_components/AccountFrame";

/** Adds the header and footer of the site and the account navigation to these pages. */
export default async function Layout({ children }: { children: ReactNode }) {
  const viewer = await getSession();
  return (
    <SiteShell>
      <PageContainer>
        <AccountFrame role={viewer?.role}>{children}</AccountFrame>
      </PageContainer>
    </SiteShell>
  );
}
