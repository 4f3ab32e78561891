import { Button, Group, List, Modal, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { Draft } from "./draft";
import { type Change, changesBetween } from "./merge-hours";

/** A dialog that compares the hours saved on another device with the changes here, and lets the doctor choose. */
export function StaleHours({
  base,
  mine,
  theirs,
  onClose,
  onKeepBoth,
  onTakeTheirs,
}: {
  /** The saved hours that both changes started from. */
  base: Draft;
  mine: Draft;
  /** The hours that another device saved. The dialog is open while they are set. */
  theirs: Draft | null;
  onClose: () => void;
  onKeepBoth: () => void;
  onTakeTheirs: () => void;
}) {
  const narrow = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      opened={theirs !== null}
      onClose={onClose}
      title="Your hours were changed on another device"
      size="lg"
      fullScreen={narrow}
      radius={narrow ? 0 : "lg"}
    >
      {theirs ? (
        <Stack gap="md">
          <Text>Nothing of yours is saved yet, and nothing is lost. Please choose.</Text>
          <Changes title="Saved on the other device" changes={changesBetween(base, theirs)} />
          <Changes title="Your changes here" changes={changesBetween(base, mine)} />
          <Text size="sm" c="dimmed">
            With both together, your change here counts where both changed the same.
          </Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onTakeTheirs}>
              Drop my changes
            </Button>
            <Button onClick={onKeepBoth}>Put both together</Button>
          </Group>
        </Stack>
      ) : null}
    </Modal>
  );
}

function Changes({ title, changes }: { title: string; changes: Change[] }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h4" mb={4}>
        {title}
      </Title>
      {changes.length === 0 ? <Text size="sm">Nothing that differs from what you see.</Text> : null}
      <List size="sm" spacing={4}>
        {changes.map(({ what, before, after }) => (
          <List.Item key={what}>
            <strong>{what}</strong>: {after} (before: {before})
          </List.Item>
        ))}
      </List>
    </section>
  );
}
