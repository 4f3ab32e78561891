"use client";

import { Button, VisuallyHidden } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { ShowMore } from "@/app/_components/ShowMore";
import { useTimeZone } from "@/app/_components/TimeZone";
import { useTRPC } from "@/app/_trpc/client";
import { firstPage } from "@/app/_trpc/first-page";
import classes from "./DoctorResults.module.css";
import { DoctorRow, DoctorRowSkeleton } from "./DoctorRow";
import { countFilters, type Filters, filtersToInput, withoutFilters } from "./filters";
import type { DoctorPage } from "./types";

/** Lists the doctors that match the filters, page by page. */
export function DoctorResults({
  filters,
  initial,
  onClear,
}: {
  filters: Filters;
  initial: DoctorPage | undefined;
  onClear: (next: Filters) => void;
}) {
  const trpc = useTRPC();
  const { zone } = useTimeZone();
  const query = useInfiniteQuery(
    trpc.doctors.list.infiniteQueryOptions(filtersToInput(filters, zone), {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      initialData: initial && firstPage(initial),
      placeholderData: keepPreviousData,
    }),
  );
  const doctors = query.data?.pages.flatMap((page) => page.items) ?? [];

  if (query.isPending) return <DoctorListSkeleton />;
  if (query.isError && doctors.length === 0) {
    return (
      <div className={classes.notice}>
        <ErrorNotice
          error={query.error}
          title="We could not load the doctors"
          onRetry={() => query.refetch()}
        />
      </div>
    );
  }
  return (
    <>
      <VisuallyHidden role="status">
        {query.isPlaceholderData ? "Searching" : announce(doctors.length, query.hasNextPage)}
      </VisuallyHidden>
      {doctors.length === 0 ? (
        <div className={classes.notice}>
          <EmptyNotice
            title="No doctor matches all of that"
            text="Try fewer filters, a shorter word, or another day."
          >
            {countFilters(filters) > 0 ? (
              <Button onClick={() => onClear(withoutFilters(filters))}>Clear the filters</Button>
            ) : null}
            {filters.q ? (
              <Button variant="default" onClick={() => onClear({ ...filters, q: "" })}>
                Clear the search
              </Button>
            ) : null}
          </EmptyNotice>
        </div>
      ) : (
        <ul className={classes.list} data-stale={query.isPlaceholderData || undefined}>
          {doctors.map((doctor) => (
            <li key={doctor.id}>
              <DoctorRow doctor={doctor} />
            </li>
          ))}
        </ul>
      )}
      {query.isFetchNextPageError ? (
        <ErrorNotice error={query.error} title="We could not load more doctors" />
      ) : null}
      <ShowMore query={query} what="doctors" />
    </>
  );
}

function announce(count: number, more: boolean): string {
  if (count === 0) return "No doctors found";
  return `Showing ${count} ${count === 1 ? "doctor" : "doctors"}${more ? ", more to load" : ""}`;
}

function DoctorListSkeleton() {
  return (
    <div className={classes.list} aria-busy="true" role="status" aria-label="Loading doctors">
      {["a", "b", "c", "d"].map((key) => (
        <DoctorRowSkeleton key={key} />
      ))}
    </div>
  );
}
