"use client";

import { Button, Drawer, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure, useWindowEvent } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconSearch } from "@tabler/icons-react";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { ActiveFilters } from "./ActiveFilters";
import classes from "./DoctorBrowser.module.css";
import { DoctorResults } from "./DoctorResults";
import { FilterFields } from "./FilterFields";
import { countFilters, type Filters, filtersToQuery, readFilters } from "./filters";
import type { DoctorPage, Facets } from "./types";

const SORTS = [
  { value: "nextAvailable", label: "Soonest free time" },
  { value: "fee", label: "Lowest fee" },
  { value: "experience", label: "Most experience" },
  { value: "name", label: "Name" },
];

/**
 * The search, filters and results. The filters are in the address, so that a link or a reload shows the
 * same list.
 */
export function DoctorBrowser({
  initialFilters,
  initialDoctors,
  facets,
}: {
  initialFilters: Filters;
  /** Undefined if the server hit a rate limit. The browser then loads the list, and shows when to try again. */
  initialDoctors: DoctorPage | undefined;
  facets: Facets;
}) {
  const filters = readFilters(useSearchParams());
  const [text, setText] = useState(filters.q);
  const [drawer, { open, close }] = useDisclosure(false);
  const on = countFilters(filters);

  function change(next: Partial<Filters>) {
    const query = filtersToQuery({ ...readFilters(new URLSearchParams(location.search)), ...next });
    // Next updates useSearchParams from the History API, so no request to the server is needed.
    history.replaceState(null, "", query ? `/doctors?${query}` : "/doctors");
  }
  const search = useDebouncedCallback((q: string) => change({ q }), 350);
  // A delayed change of the address after a click on a link would undo that navigation, so it happens first.
  useWindowEvent("click", () => search.flush(), { capture: true });
  const fields = <FilterFields filters={filters} facets={facets} onChange={change} />;

  return (
    <div className={classes.layout}>
      <aside className={classes.rail} aria-label="Filters">
        {fields}
      </aside>
      <div className={classes.main}>
        <search className={classes.bar}>
          <TextInput
            type="search"
            label="Search"
            placeholder="Name or specialization"
            leftSection={<IconSearch size={18} aria-hidden />}
            value={text}
            maxLength={60}
            onChange={(event) => {
              setText(event.currentTarget.value);
              search(event.currentTarget.value);
            }}
            className={classes.text}
          />
          <Select
            label="Order"
            data={SORTS}
            value={filters.sort || "nextAvailable"}
            onChange={(sort) => change({ sort: sort === "nextAvailable" ? "" : (sort ?? "") })}
            allowDeselect={false}
            className={classes.sort}
          />
          <Button
            variant="default"
            leftSection={<IconAdjustmentsHorizontal size={18} aria-hidden />}
            onClick={open}
            className={classes.open}
          >
            {on > 0 ? `Filters (${on})` : "Filters"}
          </Button>
        </search>
        <ActiveFilters filters={filters} onChange={change} />
        <DoctorResults
          filters={filters}
          initial={
            filtersToQuery(filters) === filtersToQuery(initialFilters) ? initialDoctors : undefined
          }
          onClear={(next) => {
            setText(next.q);
            change(next);
          }}
        />
      </div>
      <Drawer opened={drawer} onClose={close} position="bottom" size="85%" title="Filters">
        {fields}
        <Button fullWidth mt="lg" onClick={close}>
          Show doctors
        </Button>
      </Drawer>
    </div>
  );
}
