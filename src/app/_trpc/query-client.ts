import { QueryClient } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";

const TRIES = 2;

function isServerOrNetworkError(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return true;
  const status: unknown = error.data?.httpStatus;
  return typeof status !== "number" || status >= 500;
}

/**
 * Creates the query cache. Queries are fresh for 15 s and retried only after a server or network error.
 * Mutations never wait for the network: otherwise React Query would send them when the device is online
 * again, long after the user gave up.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < TRIES && isServerOrNetworkError(error),
      },
      mutations: { networkMode: "always" },
    },
  });
}
