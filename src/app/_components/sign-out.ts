import { signOut } from "next-auth/react";
import { deleteDrafts } from "./draft-store";

/** Signs this browser out, and forgets what was typed in this tab. */
export function signOutHere(): void {
  deleteDrafts();
  void signOut({ callbackUrl: "/" });
}
