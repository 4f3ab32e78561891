"use client";

import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { refusalOf } from "@/app/_components/error-text";
import { LinkButton, TextLink } from "@/app/_components/LinkButton";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useTRPC } from "@/app/_trpc/client";
import { PASSWORD_MIN } from "@/server/accounts/schema";

const fields = z.object({
  password: z.string().min(PASSWORD_MIN, `Please use at least ${PASSWORD_MIN} characters`),
});

/** Sets a new password. If the link has expired, it offers to request a new link. */
export function ResetForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const reset = useMutation(trpc.auth.reset.mutationOptions());
  const form = useForm({
    initialValues: { password: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  useEarlyInput(form);
  if (reset.isSuccess) {
    return (
      <Stack gap="md">
        <Alert color="leaf" role="status" title="Your password is set">
          Please sign in with it.
        </Alert>
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit(({ password }) => reset.mutate({ token, password }))} noValidate>
      <Stack gap="md">
        <PasswordInput
          label="New password"
          description={`At least ${PASSWORD_MIN} characters. A few words in a row are easy to remember.`}
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        {reset.error ? (
          <ErrorNotice error={reset.error} title="Your password is as it was">
            {refusalOf(reset.error).reason === "LINK_INVALID" ? (
              <TextLink href="/forgot" size="sm">
                Have a new link mailed
              </TextLink>
            ) : null}
          </ErrorNotice>
        ) : null}
        <Button type="submit" size="lg" loading={reset.isPending}>
          Set the password
        </Button>
      </Stack>
    </form>
  );
}
