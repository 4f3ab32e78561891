import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getSession } from "../../_trpc/server";
import { HOME, nextPath } from "../_components/next-path";
import { SignUpForm } from "./_components/SignUpForm";

export const metadata: Metadata = { title: "Create your account" };

/** The sign-up page for patients. A doctor applies later, from the account. */
export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const [params, viewer] = await Promise.all([searchParams, getSession()]);
  const next = nextPath(params.next);
  if (viewer) redirect(next ?? HOME[viewer.role]);
  return <SignUpForm next={next} />;
}
