"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { TRPCReactProvider } from "../_trpc/client";
import { cssVariables, theme } from "../theme";
import { ClockProvider } from "./Clock";
import { TimeZoneProvider } from "./TimeZone";
import type { ViewerZone } from "./time-zone-cookie";

/** Everything that pages find around them: the theme, the data client, the server's clock, the viewer's zone, toasts. */
export function Providers({
  zone,
  renderedAt,
  children,
}: {
  zone: ViewerZone | null;
  renderedAt: number;
  children: ReactNode;
}) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light">
      <TRPCReactProvider>
        <ClockProvider renderedAt={renderedAt}>
          <TimeZoneProvider initial={zone}>{children}</TimeZoneProvider>
        </ClockProvider>
      </TRPCReactProvider>
      <Notifications position="top-center" />
    </MantineProvider>
  );
}
