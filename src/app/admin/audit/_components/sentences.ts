import type { inferRouterOutputs } from "@trpc/server";
import { formatMoney } from "@/app/_components/format";
import type { AppRouter } from "@/server/trpc/root";
import { actionWords } from "./actions";

export type Entry = inferRouterOutputs<AppRouter>["audit"]["list"]["items"][number];

/** What an admin reads for each action. `who` is the person concerned, `amount` the money. */
const SENTENCES: Record<string, (who: string, amount: string) => string> = {
  "booking.held": (who) => `Held a time for ${who}`,
  "booking.confirmed": (who) => `Confirmed the visit of ${who}`,
  "booking.extended": (who) => `Extended the hold of ${who}`,
  "booking.rescheduled": (who) => `Moved the visit of ${who}`,
  "booking.expired": (who) => `Ended the hold of ${who}`,
  "booking.cancelled": (who) => `Cancelled the visit of ${who}`,
  "booking.completed": (who) => `Completed the visit of ${who}`,
  "booking.no_show": (who) => `Recorded that ${who} did not come`,
  "clinical.read": (who) => `Read what ${who} wrote`,
  "consultation.started": (who) => `Started the consultation of ${who}`,
  "consultation.completed": (who) => `Ended the consultation of ${who}`,
  "consultation.no_show": (who) => `Closed the consultation of ${who}, who did not come`,
  "consent.given": (who) => `Recorded the consent of ${who}`,
  "consent.withdrawn": (who) => `Ended the consent of ${who}`,
  "doctor.applied": (who) => `Received the application of ${who}`,
  "doctor.approved": (who) => `Approved ${who}`,
  "doctor.rejected": (who) => `Turned down ${who}`,
  "doctor.profile_updated": (who) => `Changed the profile of ${who}`,
  "doctor.change_requested": (who) => `Asked to change the registration or name of ${who}`,
  "doctor.change_withdrawn": (who) => `Took back a change of the registration or name of ${who}`,
  "doctor.change_approved": (who) => `Approved new details of ${who}`,
  "doctor.change_rejected": (who) => `Turned down new details of ${who}`,
  "payment.captured": (who, amount) => `Received ${amount} from ${who}`,
  "payment.failed": (who) => `Recorded that a payment of ${who} failed`,
  "payment.mismatched": (who, amount) => `Received ${amount} from ${who}, which is not the price`,
  "payment.refund_requested": (who, amount) => `Ordered a refund of ${amount} to ${who}`,
  "payment.refunded": (who, amount) => `Refunded ${amount} to ${who}`,
  "payment.refund_failed": (who, amount) => `Could not refund ${amount} to ${who}`,
  "profile.updated": (who) => `Changed the profile of ${who}`,
  "session.started": (who) => `Signed in ${who}`,
  "session.ended": (who) => `Ended a session of ${who}`,
  "slot.created": (who) => `Opened a time of ${who}`,
  "slot.withdrawn": (who) => `Took back a time of ${who}`,
  "user.reactivated": (who) => `Reactivated ${who}`,
  "user.registered": (who) => `Opened the account of ${who}`,
  "user.role_changed": (who) => `Changed the role of ${who}`,
  "user.suspended": (who) => `Suspended ${who}`,
};

/** Describes an entry: "Refunded ₹300 to Neha Verma". An action without a sentence shows its name. */
export function sentenceOf({ action, subject, detail }: Entry): string {
  const who = subject?.personName ?? subject?.doctorName ?? null;
  const sentence = SENTENCES[action];
  if (who && sentence) return sentence(who, moneyOf(detail.amount) ?? "an amount");
  return who ? `${actionWords(action)}: ${who}` : actionWords(action);
}

/** Formats an amount in paise from an entry's details; null for any other value. */
export const moneyOf = (amount: unknown): string | null =>
  typeof amount === "number" ? formatMoney({ amount, currency: "INR" }) : null;
