"use client";

import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type LinkProps = { href: string; children: ReactNode };

/** A link that looks like a button. Server components need it, because they cannot pass `Link` as a prop. */
export function LinkButton({ href, children, ...button }: ButtonProps & LinkProps) {
  return (
    <Button component={Link} href={href} {...button}>
      {children}
    </Button>
  );
}

/** A link that looks like text. Server components can use it too. */
export function TextLink({ href, children, ...anchor }: AnchorProps & LinkProps) {
  return (
    <Anchor component={Link} href={href} {...anchor}>
      {children}
    </Anchor>
  );
}
