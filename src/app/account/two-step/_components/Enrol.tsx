"use client";

import { Alert, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { IconShieldLock } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { refusalOf } from "@/app/_components/error-text";
import { LinkButton } from "@/app/_components/LinkButton";
import { Panel } from "@/app/_components/Panel";
import { useTRPC } from "@/app/_trpc/client";
import { RecoveryCodes } from "../../_components/RecoveryCodes";
import { ScanAndConfirm } from "./ScanAndConfirm";

/** Sets two-step sign-in up in three steps: explanation, scan and confirm, recovery codes. */
export function Enrol({ next, required }: { next: string; required: boolean }) {
  const trpc = useTRPC();
  const [codes, setCodes] = useState<string[] | null>(null);
  const [password, setPassword] = useState("");
  const [asksPassword, setAsksPassword] = useState(false);
  const begin = useMutation(
    trpc.me.enrolTotp.mutationOptions({
      onError: (error) =>
        setAsksPassword((asks) => asks || refusalOf(error).reason === "PASSWORD_REQUIRED"),
    }),
  );

  if (codes) {
    return (
      <Panel title="Keep your recovery codes">
        {/* A full page load, because the session has its second factor only now. */}
        <RecoveryCodes codes={codes} onKept={() => location.assign(next)} />
      </Panel>
    );
  }
  if (begin.data) return <ScanAndConfirm enrolment={begin.data} onConfirmed={setCodes} />;
  return (
    <>
      {required ? (
        <Alert color="turmeric" icon={<IconShieldLock aria-hidden />} title="Your role needs it">
          You see other people's records. Please set up two-step sign-in; then everything opens.
        </Alert>
      ) : null}
      <Panel title="How it works">
        <Stack gap="md">
          <Text>
            After your password you enter a code of six digits, which an app on your phone shows
            you. So nobody gets in with your password alone.
          </Text>
          <Text>
            You need an authenticator app, for example Google Authenticator, Microsoft Authenticator
            or Aegis. Install one first if you have none. It takes about two minutes.
          </Text>
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              begin.mutate({ password: password || undefined });
            }}
          >
            <Stack gap="md">
              {asksPassword ? (
                <PasswordInput
                  label="Your password"
                  description="You signed in a while ago. Please enter it once more, so that nobody who finds this page open can do this."
                  autoComplete="current-password"
                  data-autofocus
                  autoFocus
                  value={password}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
              ) : null}
              {begin.error && refusalOf(begin.error).reason !== "PASSWORD_REQUIRED" ? (
                <ErrorNotice
                  error={begin.error}
                  title="Not begun yet"
                  words={{ INVALID_CREDENTIALS: "That is not your password." }}
                />
              ) : null}
              <Group gap="sm">
                <Button type="submit" loading={begin.isPending}>
                  I have an app, begin
                </Button>
                {required ? null : (
                  <LinkButton href="/account/security" variant="default">
                    Not now
                  </LinkButton>
                )}
              </Group>
            </Stack>
          </form>
        </Stack>
      </Panel>
    </>
  );
}
