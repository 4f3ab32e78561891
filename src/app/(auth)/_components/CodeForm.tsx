"use client";

import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertCircle } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { isApiError, textForError, textForReason, UNREACHABLE } from "../../_components/error-text";

/** Asks for the mailed code that confirms an address. The code also signs the user in. */
export function CodeForm({
  email,
  next,
  onResend,
  onBack,
}: {
  email: string;
  next: string | null;
  /** Requests another mail. @throws if the server refuses. */
  onResend: () => Promise<unknown>;
  onBack: () => void;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [busy, setBusy] = useState<"code" | "resend" | null>(null);
  const form = useForm({
    initialValues: { code: "" },
    validate: {
      code: (code) =>
        /^\d{6}$/.test(code.replace(/\s/g, "")) ? null : "Please type the six digits of the mail",
    },
  });

  async function run(what: "code" | "resend", work: () => Promise<void>) {
    setBusy(what);
    setProblem(null);
    setNotice(null);
    await work().catch((error) =>
      setProblem(isApiError(error) ? textForError(error) : UNREACHABLE),
    );
    setBusy(null);
  }
  const submit = ({ code }: { code: string }) =>
    run("code", async () => {
      const answer = await signIn("credentials", { email, code, redirect: false });
      // A full page load, so that the server renders the header for the new user.
      if (answer?.ok && !answer.error) location.assign(next ?? "/doctors");
      else setProblem(textForReason(answer?.error ?? ""));
    });
  const resend = () =>
    run("resend", async () => {
      await onResend();
      setNotice("Another mail is on its way, unless three were sent within the last hour.");
    });

  return (
    <Stack gap="lg">
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack gap="md">
          <TextInput
            label="Code"
            description={`Six digits, from the mail to ${email}. They are good for 15 minutes.`}
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={12}
            data-autofocus
            autoFocus
            {...form.getInputProps("code")}
          />
          {problem ? (
            <Alert color="brick" role="alert" icon={<IconAlertCircle aria-hidden />}>
              {problem}
            </Alert>
          ) : null}
          <Button type="submit" size="lg" loading={busy === "code"}>
            Confirm and go on
          </Button>
        </Stack>
      </form>
      <div role="status">{notice ? <Text size="sm">{notice}</Text> : null}</div>
      <Stack gap="xs" align="flex-start">
        <Button variant="default" size="sm" loading={busy === "resend"} onClick={resend}>
          Mail me another code
        </Button>
        <Button variant="subtle" size="sm" onClick={onBack}>
          Use another address
        </Button>
      </Stack>
    </Stack>
  );
}
