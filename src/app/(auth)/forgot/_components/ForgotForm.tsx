"use client";

import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { TextLink } from "@/app/_components/LinkButton";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useTRPC } from "@/app/_trpc/client";

const fields = z.object({
  email: z.email("Please enter your email address, like name@example.com"),
});

/** Requests a reset link. The text is the same whether or not the account exists, so it reveals nothing. */
export function ForgotForm() {
  const trpc = useTRPC();
  const request = useMutation(trpc.auth.requestReset.mutationOptions());
  const form = useForm({
    initialValues: { email: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  useEarlyInput(form);
  if (request.isSuccess) {
    return (
      <Alert color="leaf" role="status" title="Please look at your mail">
        If there is an account with this address, a link is on its way. It works for 30 minutes.
      </Alert>
    );
  }
  return (
    <Stack gap="lg">
      <form onSubmit={form.onSubmit((values) => request.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            inputMode="email"
            {...form.getInputProps("email")}
          />
          {request.error ? <ErrorNotice error={request.error} title="No link was sent" /> : null}
          <Button type="submit" size="lg" loading={request.isPending}>
            Mail me a link
          </Button>
        </Stack>
      </form>
      <Text>
        It came back to you? <TextLink href="/sign-in">Sign in</TextLink>
      </Text>
    </Stack>
  );
}
