import { Button } from "@mantine/core";

/** The part of an infinite query that the button needs. */
type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** A button that loads the next page of a list. It is hidden on the last page. */
export function ShowMore({ query, what }: { query: Pages; what: string }) {
  if (!query.hasNextPage) return null;
  return (
    <Button
      variant="default"
      display="block"
      mx="auto"
      mt="lg"
      loading={query.isFetchingNextPage}
      onClick={() => query.fetchNextPage()}
    >
      Show more {what}
    </Button>
  );
}
