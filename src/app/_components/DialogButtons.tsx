import { Button, Group } from "@mantine/core";

type Props = {
  confirm: string;
  /** Red for what takes something away. */
  destructive?: boolean;
  busy: boolean;
  onCancel: () => void;
};

/** The last line of a dialog's form: the way back, and the way on. */
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
