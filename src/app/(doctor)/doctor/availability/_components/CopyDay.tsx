import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { DAYS } from "./draft";

/** Copies the hours of one weekday to others, whose own hours are replaced. */
export function CopyDay({ day, onCopy }: { day: number; onCopy: (to: number[]) => void }) {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const name = DAYS[day] ?? "";

  function toggle(next: boolean) {
    setOpen(next);
    setChosen([]);
  }

  return (
    <Popover opened={open} onChange={toggle} trapFocus returnFocus shadow="md" width={240}>
      <Popover.Target>
        <Button
          variant="subtle"
          size="sm"
          leftSection={<IconCopy size={16} aria-hidden />}
          aria-label={`Copy the hours of ${name} to other days`}
          onClick={() => toggle(!open)}
        >
          Copy
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group
          label={`Copy ${name} to`}
          description="Their own hours are replaced."
          value={chosen}
          onChange={setChosen}
        >
          <Stack gap="sm" mt="sm">
            {DAYS.map((other, index) =>
              index === day ? null : <Checkbox key={other} value={String(index)} label={other} />,
            )}
          </Stack>
        </Checkbox.Group>
        <Button
          mt="md"
          size="sm"
          fullWidth
          onClick={() => {
            onCopy(chosen.map(Number));
            toggle(false);
          }}
        >
          Copy
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
