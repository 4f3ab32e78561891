"use client";

import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { refusalOf } from "../../../_components/error-text";
import { LinkButton, TextLink } from "../../../_components/LinkButton";
import { useTRPC } from "../../../_trpc/client";

/** Spends the link's secret and says what became of it. */
export function VerifyForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const verify = useMutation(trpc.auth.verify.mutationOptions());
  if (verify.isSuccess) {
    return (
      <Stack gap="md">
        <Alert color="leaf" role="status" title="Thank you">
          Your address is confirmed.
        </Alert>
        <LinkButton href="/doctors">Find a doctor</LinkButton>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      {verify.error ? (
        <ErrorNotice error={verify.error} title="Your address is not confirmed by this link">
          {refusalOf(verify.error).reason === "LINK_INVALID" ? (
            <Text size="sm" mt="xs">
              Did you confirm it earlier? Then all is well, and you can{" "}
              <TextLink href="/sign-in">sign in</TextLink>. If not, you can sign in all the same,
              and <TextLink href="/forgot">setting a new password</TextLink> by mail confirms it
              too.
            </Text>
          ) : null}
        </ErrorNotice>
      ) : null}
      <Button size="lg" loading={verify.isPending} onClick={() => verify.mutate({ token })}>
        Confirm my address
      </Button>
    </Stack>
  );
}
