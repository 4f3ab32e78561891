import { QueryClient } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";

const TRIES = 2;

function isOurFault(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return true;
  const status: unknown = error.data?.httpStatus;
  return typeof status !== "number" || status >= 500;
}

/** Queries are fresh for 15 s and retried only when the server or the line failed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < TRIES && isOurFault(error),
      },
    },
  });
}
