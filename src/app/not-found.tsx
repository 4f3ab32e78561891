import { NotFoundNotice } from "./_components/NotFoundNotice";
import { SiteShell } from "./_components/SiteShell";

export const metadata = { title: "Not found" };

/** The not-found page for addresses outside the route groups. */
export default function NotFound() {
  return (
    <SiteShell>
      <NotFoundNotice />
    </SiteShell>
  );
}
