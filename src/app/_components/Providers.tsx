"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { TRPCReactProvider } from "../_trpc/client";
import { cssVariables, theme } from "../theme";
import { TimeZoneProvider } from "./TimeZone";
import type { ViewerZone } from "./time-zone-cookie";

/** Everything that pages find around them: the theme, the data client, the viewer's zone, toasts. */
export function Providers({ zone, children }: { zone: ViewerZone | null; children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light">
      <TRPCReactProvider>
        <TimeZoneProvider initial={zone}>{children}</TimeZoneProvider>
      </TRPCReactProvider>
      <Notifications position="top-center" />
    </MantineProvider>
  );
}
