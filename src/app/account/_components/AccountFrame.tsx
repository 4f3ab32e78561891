"use client";

import { IconStethoscope } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { ACCOUNT_PAGES } from "../../_components/AccountMenu";
import type { Viewer } from "../../_trpc/server";
import classes from "./AccountFrame.module.css";

/** Wraps an account page with the navigation of the account. The setup of two-step sign-in has none. */
export function AccountFrame({
  role,
  children,
}: {
  role: Viewer["role"] | undefined;
  children: ReactNode;
}) {
  const path = usePathname();
  if (path === "/account/two-step") return <div className={classes.alone}>{children}</div>;
  const forDoctors = {
    href: "/account/doctor",
    label: role === "doctor" ? "Registration" : "For doctors",
    Icon: IconStethoscope,
  };
  const pages = role === "admin" ? ACCOUNT_PAGES : [...ACCOUNT_PAGES, forDoctors];
  return (
    <div className={classes.frame}>
      <nav aria-label="Account" className={classes.nav}>
        {pages.map(({ href, label, Icon }) => (
          <Link
            key={href}
            href={href}
            className={classes.link}
            aria-current={path === href ? "page" : undefined}
          >
            <Icon size={20} stroke={1.6} aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
      <div className={classes.content}>{children}</div>
    </div>
  );
}
