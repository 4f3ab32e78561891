import { signOut } from "next-auth/react";
import { deleteDrafts } from "./draft-store";

/** Signs this browser out and deletes the saved drafts of this tab. */
export function signOutHere(): void {
  deleteDrafts();
  void signOut({ callbackUrl: "/" });
}
