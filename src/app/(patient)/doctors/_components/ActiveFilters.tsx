"use client";

import { Button, Group } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { filterLabel } from "./FilterFields";
import { countFilters, type Filters, withoutFilters } from "./filters";

const SHOWN = ["specialization", "within", "language", "gender", "maxFee"] as const;

/** Lists the active filters, each with a button that removes it. */
export function ActiveFilters({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (next: Partial<Filters>) => void;
}) {
  const on = SHOWN.filter((name) => filters[name] !== "");
  if (on.length === 0) return null;
  return (
    <Group gap="xs" mt="md" role="group" aria-label="Filters that are on">
      {on.map((name) => (
        <Button
          key={name}
          size="xs"
          radius="xl"
          variant="light"
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={`Remove filter: ${filterLabel(name, filters[name])}`}
          onClick={() => onChange({ [name]: "" })}
        >
          {filterLabel(name, filters[name])}
        </Button>
      ))}
      {countFilters(filters) > 1 ? (
        <Button
          size="xs"
          radius="xl"
          variant="subtle"
          onClick={() => onChange(withoutFilters(filters))}
        >
          Clear all
        </Button>
      ) : null}
    </Group>
  );
}
