"use client";

import { IconDevices, IconLock, IconStethoscope, IconUser } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Viewer } from "../../_trpc/server";
import classes from "./AccountFrame.module.css";

const PAGES = [
  { href: "/account", label: "Profile", Icon: IconUser },
  { href: "/account/devices", label: "Devices", Icon: IconDevices },
  { href: "/account/security", label: "Security", Icon: IconLock },
];

/** The pages of one's own account beside each other; setting the second step up stands alone. */
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
  const pages = role === "admin" ? PAGES : [...PAGES, forDoctors];
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
