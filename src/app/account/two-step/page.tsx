import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getSession, isMfaRequired } from "../../_trpc/server";
import { HOME, nextPath } from "../../(auth)/_components/next-path";
import { AccountPage } from "../_components/AccountPage";
import { Enrol } from "./_components/Enrol";

export const metadata: Metadata = { title: "Set up two-step sign-in" };

/**
 * The page that sets two-step sign-in up. It redirects a user who has a second factor. A role that requires
 * it can use no other page before.
 */
export default async function TwoStepPage({ searchParams }: PageProps<"/account/two-step">) {
  const [params, viewer] = await Promise.all([searchParams, getSession()]);
  const requestedPath = nextPath(params.next);
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent("/account/two-step")}`);
  const required = isMfaRequired(viewer.role);
  const next = requestedPath ?? (required ? HOME[viewer.role] : "/account/security");
  if (viewer.mfa) redirect(next);
  return (
    <AccountPage title="Set up two-step sign-in">
      <Enrol next={next} required={required} />
    </AccountPage>
  );
}
