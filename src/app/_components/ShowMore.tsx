import { Button } from "@mantine/core";

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** The next page of a list, in the middle below it, for as long as there is one. */
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
