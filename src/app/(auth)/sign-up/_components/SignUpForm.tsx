"use client";

import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { z } from "zod";
import { PASSWORD_MIN } from "@/server/accounts/schema";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { TextLink } from "../../../_components/LinkButton";
import { useTRPC } from "../../../_trpc/client";
import { AlreadyKnown } from "./AlreadyKnown";

const fields = z.object({
  name: z.string().trim().min(1, "Please enter your name").max(100, "Please shorten the name"),
  email: z.email("Please enter your email address, like name@example.com"),
  password: z
    .string()
    .min(PASSWORD_MIN, `Please use at least ${PASSWORD_MIN} characters`)
    .max(200, "Please use at most 200 characters"),
});
type Fields = z.infer<typeof fields>;

/**
 * Name, email, password. The server answers alike whether or not the address is known, so that nobody can
 * find out who is a patient here; only a sign-in with the password tells.
 */
export function SignUpForm({ next }: { next: string | null }) {
  const trpc = useTRPC();
  const [known, setKnown] = useState(false);
  const form = useForm<Fields>({
    initialValues: { name: "", email: "", password: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  const register = useMutation(
    trpc.auth.register.mutationOptions({
      onSuccess: async (_answer, { email, password }) => {
        const answer = await signIn("credentials", { email, password, redirect: false });
        if (answer?.ok && !answer.error) location.assign(next ?? "/doctors");
        else setKnown(true);
      },
    }),
  );

  const suffix = next ? `?next=${encodeURIComponent(next)}` : "";
  if (known) return <AlreadyKnown signInHref={`/sign-in${suffix}`} />;

  const timezone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || undefined;
  return (
    <Stack gap="lg">
      <form
        onSubmit={form.onSubmit((values) => register.mutate({ ...values, timezone: timezone() }))}
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
          {register.error ? (
            <ErrorNotice error={register.error} title="Your account is not created yet" />
          ) : null}
          <Button
            type="submit"
            size="lg"
            loading={register.isPending || (register.isSuccess && !known)}
          >
            Create account
          </Button>
        </Stack>
      </form>
      <Text>
        You have one already? <TextLink href={`/sign-in${suffix}`}>Sign in</TextLink>
      </Text>
    </Stack>
  );
}
