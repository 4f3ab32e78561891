import { EmptyNotice } from "./EmptyNotice";
import { LinkButton } from "./LinkButton";
import { PageContainer } from "./PageContainer";

/** The content of the not-found page: the address does not exist, or the viewer may not see it. */
export function NotFoundNotice() {
  return (
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
  );
}
