import { signOut } from "next-auth/react";
import { forgetDrafts } from "./draft-store";

/** Signs this browser out, and forgets what was typed in this tab. */
export function signOutHere(): void {
  forgetDrafts();
  void signOut({ callbackUrl: "/" });
}
