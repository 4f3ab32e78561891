"use client";

import { Menu, Text, UnstyledButton } from "@mantine/core";
import {
  IconChevronDown,
  IconDevices,
  IconLock,
  IconLogout,
  IconStethoscope,
  IconUser,
} from "@tabler/icons-react";
import Link from "next/link";
import type { Viewer } from "../_trpc/server";
import classes from "./AccountMenu.module.css";
import { InitialsAvatar } from "./InitialsAvatar";
import { signOutHere } from "./sign-out";

/** The pages that every account has. */
export const ACCOUNT_PAGES = [
  { href: "/account", label: "Profile", Icon: IconUser },
  { href: "/account/devices", label: "Devices", Icon: IconDevices },
  { href: "/account/security", label: "Security", Icon: IconLock },
];

const FOR_DOCTORS = { href: "/doctor/profile", label: "Public profile", Icon: IconStethoscope };

/** Shows who is signed in, with links to the account pages and a sign-out button. */
export function AccountMenu({ viewer }: { viewer: Viewer }) {
  return (
    <Menu position="bottom-end" width={260} shadow="md" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.target} aria-label={`Account of ${viewer.name}`}>
          <InitialsAvatar id={viewer.userId} name={viewer.name} size={36} />
          <span className={classes.name}>{viewer.name}</span>
          <IconChevronDown size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.who}>
          <Text component="span" display="block" fw={600} c="var(--am-ink)">
            {viewer.name}
          </Text>
          <Text component="span" display="block" size="sm" className={classes.email}>
            {viewer.email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {(viewer.role === "doctor" ? [FOR_DOCTORS, ...ACCOUNT_PAGES] : ACCOUNT_PAGES).map(
          ({ href, label, Icon }) => (
            <Menu.Item
              key={href}
              component={Link}
              href={href}
              leftSection={<Icon size={18} aria-hidden />}
            >
              {label}
            </Menu.Item>
          ),
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={signOutHere}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
