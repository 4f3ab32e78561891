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

/** Everything that pages find around them: the theme, the data client, the server's clock, the viewer's zone, toasts. */
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
  // The document's policy is the first answer's: a later answer's nonce means nothing to it.
  const [styleNonce] = useState(nonce);
  // What locks the page's scrolling behind a dialog adds its style by this name.
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
