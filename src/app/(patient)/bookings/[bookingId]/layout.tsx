import { caller, getSession, isDocumentRequest, orNotFound } from "@/app/_trpc/server";

/**
 * Looks the booking up before the skeleton of `loading.tsx` is sent: after its first byte an answer can no
 * longer turn into 404. The pages below redirect everybody who is not a patient.
 */
export default async function Layout({ params, children }: LayoutProps<"/bookings/[bookingId]">) {
  const viewer = await getSession();
  if (viewer?.role === "patient" && (await isDocumentRequest())) {
    const api = await caller();
    await orNotFound(api.bookings.get({ bookingId: (await params).bookingId }));
  }
  return children;
}
