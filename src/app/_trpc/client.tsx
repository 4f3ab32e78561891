"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import type { AppRouter } from "@/server/trpc/root";
import { links } from "./links";
import { createQueryClient } from "./query-client";

const context = createTRPCContext<AppRouter>();

/** Returns the query and mutation options of the API, typed by its router. */
export const useTRPC = context.useTRPC;

/** Returns the API client itself, for loading that is not a single query. */
export const useTRPCClient = context.useTRPCClient;

/** Provides the API client and the query cache. */
export function TRPCReactProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() => createTRPCClient<AppRouter>({ links: links() }));
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}
