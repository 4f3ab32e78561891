"use client";

import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { textForReason } from "@/app/_components/error-text";
import { TextLink } from "@/app/_components/LinkButton";
import { AuthPage } from "../../_components/AuthPage";

/** Confirms an address with the secret of the link. This also signs the user in. */
export function VerifyForm({ token }: { token: string }) {
  const [state, setState] = useState<"idle" | "busy" | "confirmed">("idle");
  const [problem, setProblem] = useState<string | null>(null);

  async function confirm() {
    setState("busy");
    setProblem(null);
    const answer = await signIn("credentials", { token, redirect: false }).catch(() => null);
    const isConfirmed = Boolean(answer?.ok && !answer.error);
    if (!isConfirmed) setProblem(answer?.error ?? "");
    setState(isConfirmed ? "confirmed" : "idle");
  }

  if (state === "confirmed") {
    return (
      <AuthPage
        title="Your address is confirmed"
        text="Your account is ready, and you are signed in."
      >
        <div role="status">
          {/* A full page load, so that the server renders the header for the new user. */}
          <Button component="a" href="/doctors" size="lg">
            Find a doctor
          </Button>
        </div>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Confirm your address" text="One press, and we know that mail reaches you.">
      <Stack gap="md">
        {problem === null ? null : (
          <Alert
            color="brick"
            role="alert"
            icon={<IconAlertCircle aria-hidden />}
            title="Your address is not confirmed by this link"
            styles={{ message: { color: "var(--am-ink)" } }}
          >
            <Text size="sm">{textForReason(problem)}</Text>
            {problem === "CODE_INVALID" ? (
              <Text size="sm" mt="xs">
                Did you confirm it earlier? Then all is well, and you can{" "}
                <TextLink href="/sign-in">sign in</TextLink>. If not, sign in with your password,
                and we mail you a new code.{" "}
                <TextLink href="/forgot">Setting a new password</TextLink> by mail confirms the
                address too.
              </Text>
            ) : null}
          </Alert>
        )}
        <Button size="lg" loading={state === "busy"} onClick={confirm}>
          Confirm my address
        </Button>
      </Stack>
    </AuthPage>
  );
}
