"use client";

import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type LinkProps = { href: string; children: ReactNode };

/** A link that looks like a button; usable from server components, which cannot hand `Link` over themselves. */
export function LinkButton({ href, children, ...button }: ButtonProps & LinkProps) {
  return (
    <Button component={Link} href={href} {...button}>
      {children}
    </Button>
  );
}

/** A link in running text. */
export function TextLink({ href, children, ...anchor }: AnchorProps & LinkProps) {
  return (
    <Anchor component={Link} href={href} {...anchor}>
      {children}
    </Anchor>
  );
}
