import { isDocumentRequest } from "@/app/_trpc/server";
import { loadDoctor } from "./load";

/**
 * Loads the doctor before the skeleton of `loading.tsx` is sent, because the status can no longer become
 * 404 once the response has started. A navigation inside the app shows the skeleton at once: its status
 * does not matter.
 */
export default async function Layout({ params, children }: LayoutProps<"/doctors/[doctorId]">) {
  if (await isDocumentRequest()) await loadDoctor((await params).doctorId);
  return children;
}
