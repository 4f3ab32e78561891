"use client";

import { Burger, Button, Drawer, NavLink, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import type { Viewer } from "../_trpc/server";
import { AccountMenu } from "./AccountMenu";
import classes from "./Header.module.css";
import { Logo } from "./Logo";
import { currentItem, navigationFor } from "./navigation";

/** The header of every page: logo, the navigation of the viewer's role, and the account menu. */
export function Header({ viewer }: { viewer: Viewer | null }) {
  const path = usePathname();
  const items = navigationFor(viewer?.role);
  const current = currentItem(items, path);
  const [open, { toggle, close }] = useDisclosure(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the page changes.
  useEffect(close, [path]);

  return (
    <header className={classes.header}>
      <div className={classes.bar}>
        <Link href="/" className={classes.home} aria-label="Amrutam, home">
          <Logo />
        </Link>
        <nav aria-label="Main" className={classes.nav}>
          {items.map((item) => (
            <Link
              key={item.href}
              href={item.href}
              className={classes.link}
              aria-current={item === current ? "page" : undefined}
            >
              {item.label}
            </Link>
          ))}
        </nav>
        <div className={classes.account}>
          {viewer ? <AccountMenu viewer={viewer} /> : <GuestButtons />}
        </div>
        <Burger
          className={classes.burger}
          opened={open}
          onClick={toggle}
          size="sm"
          aria-label={open ? "Close menu" : "Open menu"}
          aria-expanded={open}
        />
      </div>
      <Drawer opened={open} onClose={close} position="right" size="xs" title="Menu">
        <Stack gap="xs" component="nav" aria-label="Main, small screen">
          {items.map((item) => (
            <NavLink
              key={item.href}
              component={Link}
              href={item.href}
              label={item.label}
              active={item === current}
              onClick={close}
              className={classes.drawerLink}
            />
          ))}
          {viewer ? null : (
            <Stack gap="sm" mt="md">
              <Button component={Link} href="/sign-in" variant="default" onClick={close}>
                Sign in
              </Button>
              <Button component={Link} href="/sign-up" onClick={close}>
                Create account
              </Button>
            </Stack>
          )}
        </Stack>
      </Drawer>
    </header>
  );
}

function GuestButtons() {
  return (
    <div className={classes.guest}>
      <Button component={Link} href="/sign-in" variant="subtle">
        Sign in
      </Button>
      <Button component={Link} href="/sign-up">
        Create account
      </Button>
    </div>
  );
}
