"use client";

import { Button, Popover, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconWorld } from "@tabler/icons-react";
import { formatZone, zoneCity } from "./format";
import { useTimeZone, useZoneTable } from "./TimeZone";
import classes from "./TimeZoneNote.module.css";
import { modernZone } from "./time-zone-cookie";

/** Returns the options of a zone field: all zones that Intl supports and the current one, sorted by city. */
export function zoneOptions(current: string) {
  const zones = new Set([...Intl.supportedValuesOf("timeZone"), current].map(modernZone));
  return [...zones]
    .map((zone) => ({ value: zone, label: `${zoneCity(zone)} (${zone})` }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** Names the zone of the times on the page and lets the viewer change it. */
export function TimeZoneNote({
  doctorZone,
  from,
  to,
}: {
  doctorZone?: string;
  /** The first and the last time shown. If the clocks change between them, the zone has two offsets. */
  from?: string;
  to?: string;
}) {
  const { zone, known, setZone } = useTimeZone();
  const isOther = doctorZone !== undefined && doctorZone !== zone;
  const isDoctorKnown = useZoneTable(doctorZone ?? zone, isOther);
  const inWords = (of: string) => formatZone(of, from, to);
  const [open, { toggle, close }] = useDisclosure(false);
  if (!known) return <p className={classes.note}>Finding your time zone…</p>;
  return (
    <div className={classes.note}>
      <IconWorld size={18} stroke={1.6} aria-hidden />
      <span>
        Times are in {inWords(zone)}
        {isOther && isDoctorKnown && inWords(doctorZone) !== inWords(zone)
          ? `. The doctor is in ${inWords(doctorZone)}`
          : ""}
      </span>
      <Popover
        opened={open}
        onChange={(next) => (next ? undefined : close())}
        width={320}
        trapFocus
        shadow="md"
        position="bottom-start"
      >
        <Popover.Target>
          <Button variant="subtle" size="compact-sm" onClick={toggle} className={classes.change}>
            Change
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Time zone">
          <Select
            label="Show times in"
            data={zoneOptions(zone)}
            value={zone}
            searchable
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            limit={80}
            nothingFoundMessage="No such city. Try a bigger one nearby"
            onChange={(next) => {
              if (next) setZone(next);
              close();
            }}
          />
          <Text size="sm" c="dimmed" mt="xs">
            We remember this on this device.
          </Text>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
