"use client";

import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { TextLink } from "@/app/_components/LinkButton";
import { nameField } from "@/app/_components/name-field";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useTRPC } from "@/app/_trpc/client";
import { PASSWORD_MIN } from "@/server/accounts/schema";
import { AuthPage } from "../../_components/AuthPage";
import { CodeForm } from "../../_components/CodeForm";

const fields = z.object({
  name: nameField,
  email: z.email("Please enter your email address, like name@example.com"),
  password: z
    .string()
    .min(PASSWORD_MIN, `Please use at least ${PASSWORD_MIN} characters`)
    .max(200, "Please use at most 200 characters"),
});
type Fields = z.infer<typeof fields>;

const TEXT = {
  new: "It takes a minute. You need it to book and to find your consultations again.",
  chosen:
    "It takes a minute, and the time you chose is still there afterwards, as long as nobody else takes it.",
};

/**
 * Asks for name, email and password, then for the mailed code. The server answers the same whether or not
 * the address has an account, so that nobody can find out who is a patient. Only the mail differs.
 */
export function SignUpForm({ next }: { next: string | null }) {
  const trpc = useTRPC();
  const [mailed, setMailed] = useState(false);
  const form = useForm<Fields>({
    initialValues: { name: "", email: "", password: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  useEarlyInput(form);
  const register = useMutation(
    trpc.auth.register.mutationOptions({
      onSuccess: () => setMailed(true),
    }),
  );

  const suffix = next ? `?next=${encodeURIComponent(next)}` : "";
  const timezone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || undefined;
  const send = (values: Fields) => register.mutateAsync({ ...values, timezone: timezone() });
  if (mailed) {
    return (
      <AuthPage
        title="Confirm your address"
        text="We sent you a mail. If the address is new here, it holds a code. If you have an account already, it says how to sign in."
      >
        <CodeForm
          email={form.values.email.trim()}
          next={next}
          onResend={() => send(form.values)}
          onBack={() => setMailed(false)}
        />
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Create your account" text={next ? TEXT.chosen : TEXT.new}>
      <Stack gap="lg">
        <form
          // `register.error` shows the error below, so the rejected promise is ignored here.
          onSubmit={form.onSubmit((values) => send(values).catch(() => undefined))}
          noValidate
        >
          <Stack gap="md">
            <TextInput
              label="Your name"
              description="As the doctor should address you"
              autoComplete="name"
              {...form.getInputProps("name")}
            />
            <TextInput
              label="Email"
              type="email"
              autoComplete="username"
              inputMode="email"
              {...form.getInputProps("email")}
            />
            <PasswordInput
              label="Password"
              description={`At least ${PASSWORD_MIN} characters. A few words in a row are easy to remember.`}
              autoComplete="new-password"
              {...form.getInputProps("password")}
            />
            <Text size="sm" c="dimmed">
              By creating an account you agree to the <TextLink href="/terms">terms</TextLink>. What
              we keep about you is described under <TextLink href="/privacy">privacy</TextLink>.
            </Text>
            {register.error ? (
              <ErrorNotice error={register.error} title="Your account is not created yet" />
            ) : null}
            <Button type="submit" size="lg" loading={register.isPending}>
              Create account
            </Button>
          </Stack>
        </form>
        <Text>
          You have one already? <TextLink href={`/sign-in${suffix}`}>Sign in</TextLink>
        </Text>
      </Stack>
    </AuthPage>
  );
}
