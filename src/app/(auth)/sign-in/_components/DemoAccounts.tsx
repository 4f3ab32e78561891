"use client";

import { Button, Group, Text } from "@mantine/core";
import classes from "./DemoAccounts.module.css";

const PASSWORD = "demo-password-2026";
const ACCOUNTS = [
  { label: "Patient", email: "patient@demo.test" },
  { label: "Doctor", email: "doctor@demo.test" },
  { label: "Admin", email: "admin@demo.test" },
];

/** Buttons that fill in the accounts of the demo. They exist only in the demo. */
export function DemoAccounts({
  onChoose,
}: {
  onChoose: (email: string, password: string) => void;
}) {
  return (
    <section className={classes.demo} aria-label="Demo accounts">
      <Text size="sm" fw={550}>
        This is a demo. Fill in one of its accounts:
      </Text>
      <Group gap="xs" mt="xs">
        {ACCOUNTS.map(({ label, email }) => (
          <Button key={email} size="sm" variant="default" onClick={() => onChoose(email, PASSWORD)}>
            {label}
          </Button>
        ))}
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        The password of each is <code>{PASSWORD}</code>
      </Text>
    </section>
  );
}
