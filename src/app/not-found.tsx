import { NotFoundNotice } from "./_components/NotFoundNotice";
import { SiteShell } from "./_components/SiteShell";

export const metadata = { title: "Not found" };

/** Where no group's shell stands around the page. */
export default function NotFound() {
  return (
    <SiteShell>
      <NotFoundNotice />
    </SiteShell>
  );
}
