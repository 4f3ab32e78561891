import { QueryClient } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";

const TRIES = 2;

function isOurFault(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return true;
  const status: unknown = error.data?.httpStatus;
  return typeof status !== "number" || status >= 500;
}

/**
 * Queries are fresh for 15 s and retried only when the server or the line failed. Writes never wait for
 * the network: react-query would send them when it comes back, long after somebody gave up.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < TRIES && isOurFault(error),
      },
      mutations: { networkMode: "always" },
    },
  });
}
