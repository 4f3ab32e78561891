"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { TRPCReactProvider } from "../_trpc/client";
import { cssVariables, theme } from "../theme";
import { ClockProvider } from "./Clock";
import type { ZoneTable } from "./format";
import { TimeZoneProvider } from "./TimeZone";
import type { ViewerZone } from "./time-zone-cookie";

/** Provides the theme, the API client, the server's clock, the viewer's time zone and notifications. */
export function Providers({
  nonce,
  zone,
  table,
  renderedAt,
  children,
}: {
  nonce: string | undefined;
  zone: ViewerZone | null;
  table: ZoneTable | null;
  renderedAt: number;
  children: ReactNode;
}) {
  // The browser enforces the content security policy of the first response. It ignores the nonce of later ones.
  const [styleNonce] = useState(nonce);
  // The library that locks scrolling behind a dialog reads the nonce for its <style> from this variable.
  if (typeof window !== "undefined") Object.assign(window, { __webpack_nonce__: styleNonce });
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      forceColorScheme="light"
      getStyleNonce={styleNonce ? () => styleNonce : undefined}
    >
      <TRPCReactProvider>
        <ClockProvider renderedAt={renderedAt}>
          <TimeZoneProvider initial={zone} table={table}>
            {children}
          </TimeZoneProvider>
        </ClockProvider>
      </TRPCReactProvider>
      <Notifications position="top-center" />
    </MantineProvider>
  );
}
