import { caller, getSession, isDocumentRequest, orNotFound } from "@/app/_trpc/server";

/**
 * Loads the booking before the skeleton of `loading.tsx` is sent, because the status can no longer become
 * 404 once the response has started. The pages below redirect everybody who is not a patient.
 */
export default async function Layout({ params, children }: LayoutProps<"/bookings/[bookingId]">) {
  const viewer = await getSession();
  if (viewer?.role === "patient" && (await isDocumentRequest())) {
    const api = await caller();
    await orNotFound(api.bookings.get({ bookingId: (await params).bookingId }));
  }
  return children;
}
