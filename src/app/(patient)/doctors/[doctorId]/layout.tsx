import { isDocumentRequest } from "@/app/_trpc/server";
import { loadDoctor } from "./load";

/**
 * Looks the doctor up before the skeleton of `loading.tsx` is sent: after its first byte an answer can no
 * longer turn into 404. A click inside the app shows the skeleton at once, since its status is not seen.
 */
export default async function Layout({ params, children }: LayoutProps<"/doctors/[doctorId]">) {
  if (await isDocumentRequest()) await loadDoctor((await params).doctorId);
  return children;
}
