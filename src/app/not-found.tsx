import { EmptyNotice } from "./_components/EmptyNotice";
import { LinkButton } from "./_components/LinkButton";
import { PageContainer } from "./_components/PageContainer";
import { SiteShell } from "./_components/SiteShell";

export const metadata = { title: "Not found" };

/** An address that leads nowhere, or to something that is not the viewer's. */
export default function NotFound() {
  return (
    <SiteShell>
      <PageContainer>
        <EmptyNotice
          heading={1}
          title="We could not find this page"
          text="It may have been moved or removed, or it belongs to another account."
        >
          <LinkButton href="/doctors">Find a doctor</LinkButton>
          <LinkButton href="/" variant="default">
            To the start page
          </LinkButton>
        </EmptyNotice>
      </PageContainer>
    </SiteShell>
  );
}
