import type { InfiniteData } from "@tanstack/react-query";

/**
 * Returns the initial data of an infinite query whose first page the server has loaded. The page param is
 * undefined, so that a refetch sends no cursor: the API refuses `cursor: null`. tRPC's type allows only null.
 */
export function firstPage<Page>(page: Page): InfiniteData<Page, string | null> {
  const noCursor: unknown = undefined;
  return { pages: [page], pageParams: [noCursor as null] };
}
