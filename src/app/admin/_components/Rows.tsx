"use client";

import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { EmptyNotice } from "../../_components/EmptyNotice";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { ShowMore } from "../../_components/ShowMore";
import classes from "./Rows.module.css";

/** The part of an infinite query that the list needs. */
type Pages<Item> = {
  isPending: boolean;
  isError: boolean;
  isPlaceholderData: boolean;
  error: unknown;
  data: { pages: Array<{ items: Item[] }> } | undefined;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

/** A list that is loaded page by page, with its skeleton, error and empty state. */
export function Rows<Item extends { id: string }>({
  query,
  what,
  empty,
  row,
}: {
  query: Pages<Item>;
  /** The plural of what is listed, for example "people". */
  what: string;
  empty: { title: string; text: string };
  row: (item: Item) => ReactNode;
}) {
  if (query.isPending) {
    return <Skeleton height={420} radius="lg" role="status" aria-label={`Loading the ${what}`} />;
  }
  if (!query.data) {
    return (
      <ErrorNotice
        error={query.error}
        title={`We could not load the ${what}`}
        onRetry={() => query.refetch()}
      />
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <EmptyNotice title={empty.title} text={empty.text} />;
  return (
    <>
      <ul className={classes.list} data-stale={query.isPlaceholderData || undefined}>
        {items.map((item) => (
          <li key={item.id}>{row(item)}</li>
        ))}
      </ul>
      <ShowMore query={query} what={what} />
    </>
  );
}
