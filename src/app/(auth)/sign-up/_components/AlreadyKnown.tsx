import { Alert, Stack, Text } from "@mantine/core";
import { LinkButton } from "../../../_components/LinkButton";

/** After a sign-up that could not sign in at once: the same words whatever the cause. */
export function AlreadyKnown({ signInHref }: { signInHref: string }) {
  return (
    <Stack gap="lg" role="status">
      <Alert color="leaf" title="Thank you">
        <Text size="sm" c="var(--am-ink)">
          If this address is new to us, the account is ready. If you have been here before, your
          earlier password still holds.
        </Text>
      </Alert>
      <LinkButton href={signInHref} size="lg">
        Sign in
      </LinkButton>
    </Stack>
  );
}
