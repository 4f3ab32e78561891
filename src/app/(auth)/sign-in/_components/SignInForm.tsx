"use client";

import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { IconAlertCircle } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { z } from "zod";
import { textForReason, UNREACHABLE } from "@/app/_components/error-text";
import { TextLink } from "@/app/_components/LinkButton";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { CodeForm } from "../../_components/CodeForm";
import { DemoAccounts } from "./DemoAccounts";

// The messages are for users. The server checks the input again.
const fields = z.object({
  email: z.email("Please enter your email address, like name@example.com"),
  password: z.string().min(1, "Please enter your password"),
  otp: z.string(),
});

/** The sign-in form. It asks for the second factor only if the server requires one. */
export function SignInForm({ next, demo }: { next: string | null; demo: boolean }) {
  const [problem, setProblem] = useState<string | null>(null);
  /** The server answers the same for a wrong password and for an unconfirmed address. */
  const [mayBeUnconfirmed, setMayBeUnconfirmed] = useState(false);
  const [showsCodeForm, setShowsCodeForm] = useState(false);
  const [busy, setBusy] = useState(false);
  const [needsFactor, setNeedsFactor] = useState(false);
  const form = useForm({
    initialValues: { email: "", password: "", otp: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  useEarlyInput(form);

  async function submit(values: z.infer<typeof fields>) {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await signIn("credentials", { ...values, redirect: false });
      if (answer?.ok && !answer.error) {
        // A full page load, so that the server renders the header for the new user. Without a path, /sign-in
        // redirects to the first page of the role.
        location.assign(next ?? "/sign-in");
        return;
      }
      const reason = answer?.error ?? "";
      if (reason === "MFA_REQUIRED") setNeedsFactor(true);
      else setProblem(textForReason(reason));
      setMayBeUnconfirmed(reason === "INVALID_CREDENTIALS");
    } catch {
      setProblem(UNREACHABLE);
    }
    setBusy(false);
  }

  if (showsCodeForm) {
    const { email, password } = form.values;
    return (
      <CodeForm
        email={email.trim()}
        next={next}
        onResend={() => signIn("credentials", { email, password, redirect: false })}
        onBack={() => setShowsCodeForm(false)}
      />
    );
  }
  const suffix = next ? `?next=${encodeURIComponent(next)}` : "";
  return (
    <Stack gap="lg">
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack gap="md">
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            inputMode="email"
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            {...form.getInputProps("password")}
          />
          {needsFactor ? (
            <TextInput
              label="Code"
              description="From your authenticator app, or one of your recovery codes"
              autoComplete="one-time-code"
              data-autofocus
              autoFocus
              {...form.getInputProps("otp")}
            />
          ) : null}
          {problem ? (
            <Alert color="brick" role="alert" icon={<IconAlertCircle aria-hidden />}>
              {problem}
              {mayBeUnconfirmed ? (
                <Text size="sm" mt="xs">
                  Did you sign up and not confirm your address? Then we have just mailed you a code.{" "}
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() => setShowsCodeForm(true)}
                  >
                    Type the code
                  </Button>
                </Text>
              ) : null}
            </Alert>
          ) : null}
          <Button type="submit" size="lg" loading={busy}>
            Sign in
          </Button>
        </Stack>
      </form>
      <Text>
        New here? <TextLink href={`/sign-up${suffix}`}>Create an account</TextLink>
        <br />
        Forgot your password? <TextLink href="/forgot">Set a new one</TextLink>
      </Text>
      {demo ? (
        <DemoAccounts
          onChoose={(email, password) => form.setValues({ email, password, otp: "" })}
        />
      ) : null}
    </Stack>
  );
}
