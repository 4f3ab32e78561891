import { Alert } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { EndReason } from "@/app/_components/use-session-end";

const TEXTS: Record<EndReason, { title: string; text: string }> = {
  idle: {
    title: "You were signed out",
    text: "Nothing happened for 15 minutes, so we closed your account on this screen. Sign in, and we take you back to where you were.",
  },
  ended: {
    title: "You are signed out on this device",
    text: "That happens when you sign it out from another device, when your password or your access changes, or after a long time. Sign in to go on.",
  },
};

/** Reads the reason from the address; null if there is none. */
export function endReason(value: string | string[] | undefined): EndReason | null {
  return value === "idle" || value === "ended" ? value : null;
}

/** Explains why the user was signed out. */
export function SignedOutNotice({ why }: { why: EndReason }) {
  return (
    <Alert
      color="slate"
      role="status"
      mb="lg"
      icon={<IconInfoCircle aria-hidden />}
      title={TEXTS[why].title}
      styles={{ message: { color: "var(--am-ink)" } }}
    >
      {TEXTS[why].text}
    </Alert>
  );
}
