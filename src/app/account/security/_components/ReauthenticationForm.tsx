"use client";

import { PasswordInput, Stack, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { z } from "zod";
import { DialogButtons } from "@/app/_components/DialogButtons";
import { ErrorNotice } from "@/app/_components/ErrorNotice";

const fields = z.object({
  password: z.string().min(1, "Please enter your password"),
  code: z.string().trim().min(1, "Please enter a code"),
});
export type Credentials = z.infer<typeof fields>;

/** Asks for password and code again before two-step sign-in is changed. */
export function ReauthenticationForm({
  confirm,
  destructive = false,
  busy,
  error,
  failed,
  onCancel,
  onConfirm,
  children,
}: {
  confirm: string;
  destructive?: boolean;
  busy: boolean;
  error: unknown;
  failed: string;
  onCancel: () => void;
  onConfirm: (credentials: Credentials) => void;
  children: ReactNode;
}) {
  const form = useForm<Credentials>({
    initialValues: { password: "", code: "" },
    validate: schemaResolver(fields, { sync: true }),
  });
  return (
    <form onSubmit={form.onSubmit(onConfirm)} noValidate>
      <Stack gap="md">
        {children}
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps("password")}
        />
        <TextInput
          label="Code"
          description="From your authenticator app, or one of your recovery codes"
          autoComplete="one-time-code"
          {...form.getInputProps("code")}
        />
        {error ? (
          <ErrorNotice
            error={error}
            title={failed}
            words={{ INVALID_CREDENTIALS: "That is not your password." }}
          />
        ) : null}
        <DialogButtons
          confirm={confirm}
          destructive={destructive}
          busy={busy}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  );
}
