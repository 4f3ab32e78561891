import { z } from "zod";
import { id, instant, text } from "../platform/schema";

/** The kinds of messages about a booking. Each is sent once for a version of the booking. */
export const KINDS = [
  "confirmed",
  "rescheduled",
  "moved_away",
  "expired",
  "cancelled",
  "paid_too_late",
  "refunded",
  "refunded_by_clinic",
  "reminder_24h",
  "reminder_1h",
] as const;
export const kind = z.enum(KINDS);
export type Kind = z.infer<typeof kind>;

/** The content of a mailbox message after decryption. */
export const message = z.object({ to: z.string(), subject: z.string(), text: z.string() });
export type Message = z.infer<typeof message>;

const mailboxMessage = message.extend({ id, createdAt: instant });
export type MailboxMessage = z.infer<typeof mailboxMessage>;
export const mailbox = z.array(mailboxMessage);
/** `to` selects the messages to one address; without it, all messages. */
export const mailboxInput = z.object({ to: text(254).toLowerCase().optional() }).optional();
