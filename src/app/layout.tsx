import "@mantine/core/styles.layer.css";
import "@mantine/dates/styles.layer.css";
import "@mantine/charts/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./globals.css";
import { mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { zoneTable } from "./_components/format";
import { Providers } from "./_components/Providers";
import { parseTimeZoneCookie, TIME_ZONE_COOKIE } from "./_components/time-zone-cookie";
import { fontVariables } from "./fonts";

export const metadata: Metadata = {
  title: { default: "Amrutam Telemedicine", template: "%s · Amrutam" },
  description:
    "Find a registered doctor, choose a time that suits you and talk to them from wherever you are.",
};

export const viewport: Viewport = {
  themeColor: "#FBF8F1",
  width: "device-width",
  initialScale: 1,
};

/** The document with fonts and providers. The layouts of the route groups add the header and footer. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  const zone = parseTimeZoneCookie(jar.get(TIME_ZONE_COOKIE)?.value);
  const table = zone && zoneTable(zone.zone, new Date());
  return (
    <html lang="en-IN" className={fontVariables} {...mantineHtmlProps}>
      <body>
        <Providers nonce={nonce} zone={zone} table={table} renderedAt={Date.now()}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
