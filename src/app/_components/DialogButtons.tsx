import { Button, Group } from "@mantine/core";

type Props = {
  /** The label of the confirm button. */
  confirm: string;
  /** Makes the confirm button red. */
  destructive?: boolean;
  busy: boolean;
  onCancel: () => void;
};

/** The cancel and confirm buttons at the end of a dialog's form. */
export function DialogButtons({ confirm, destructive = false, busy, onCancel }: Props) {
  return (
    <Group justify="flex-end" gap="sm">
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
      <Button type="submit" color={destructive ? "brick" : undefined} loading={busy}>
        {confirm}
      </Button>
    </Group>
  );
}
