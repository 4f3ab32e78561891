"use client";

import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { Panel } from "@/app/_components/Panel";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useTRPC } from "@/app/_trpc/client";
import { PASSWORD_MIN } from "@/server/accounts/schema";

const fields = z.object({
  current: z.string().min(1, "Please enter the password that you have now"),
  next: z
    .string()
    .min(PASSWORD_MIN, `Please use at least ${PASSWORD_MIN} characters`)
    .max(200, "Please use at most 200 characters"),
});

/** Changes the password. The server then signs all other devices out. */
export function ChangePassword() {
  const trpc = useTRPC();
  const form = useForm({
    initialValues: { current: "", next: "" },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
  });
  useEarlyInput(form);
  const change = useMutation(
    trpc.me.changePassword.mutationOptions({ onSuccess: () => form.reset() }),
  );
  return (
    <Panel
      title="Password"
      text="When you change it, all your other devices are signed out. This one stays signed in."
    >
      <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
        <Stack gap="md">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            {...form.getInputProps("current")}
          />
          <PasswordInput
            label="New password"
            description={`At least ${PASSWORD_MIN} characters. A few words in a row are easy to remember.`}
            autoComplete="new-password"
            {...form.getInputProps("next")}
          />
          {change.error ? (
            <ErrorNotice
              error={change.error}
              title="Your password is as it was"
              words={{ INVALID_CREDENTIALS: "That is not your current password." }}
            />
          ) : null}
          {change.isSuccess ? (
            <Alert color="leaf" role="status" title="Your password is changed">
              Your other devices are signed out.
            </Alert>
          ) : null}
          <Button type="submit" loading={change.isPending} style={{ alignSelf: "flex-start" }}>
            Change password
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
