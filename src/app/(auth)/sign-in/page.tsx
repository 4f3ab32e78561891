import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getSession, isDemo } from "../../_trpc/server";
import { AuthPage } from "../_components/AuthPage";
import { HOME, nextPath } from "../_components/next-path";
import { endReason, SignedOutNotice } from "./_components/SignedOutNotice";
import { SignInForm } from "./_components/SignInForm";

export const metadata: Metadata = { title: "Sign in" };

/** The sign-in page. It redirects a user who is signed in already. */
export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const [params, viewer] = await Promise.all([searchParams, getSession()]);
  const next = nextPath(params.next);
  const why = endReason(params.why);
  if (viewer) redirect(next ?? HOME[viewer.role]);
  return (
    <AuthPage
      title="Welcome back"
      text={
        next && !why
          ? "Sign in, and we take you back to where you were."
          : "Sign in to your account."
      }
    >
      {why ? <SignedOutNotice why={why} /> : null}
      <SignInForm next={next} demo={isDemo()} />
    </AuthPage>
  );
}
