import { addDays, localDate, startOfDay } from "@/app/_components/format";
import type { ListDoctors } from "@/server/doctors/schema";

const GENDERS = ["female", "male", "other"] as const;
const SORTS = ["nextAvailable", "fee", "experience", "name"] as const;

/** The search and filters as the address contains them, all as text. An empty text is no filter. */
export type Filters = {
  q: string;
  specialization: string;
  language: string;
  gender: string;
  /** Whole rupees. */
  maxFee: string;
  /** Days from today within which a time must be free. */
  within: string;
  sort: string;
};

const NO_FILTERS: Filters = {
  q: "",
  specialization: "",
  language: "",
  gender: "",
  maxFee: "",
  within: "",
  sort: "",
};

const NAMES = Object.keys(NO_FILTERS) as (keyof Filters)[];

type Params = { get(name: string): string | null };

/** Reads the filters from an address. Unknown names are ignored, and long values are cut to the API's limit. */
export function readFilters(params: Params): Filters {
  const filters = { ...NO_FILTERS };
  for (const name of NAMES) filters[name] = (params.get(name) ?? "").slice(0, 60);
  return filters;
}

/** Returns the query string of the active filters. */
export function filtersToQuery(filters: Filters): string {
  const on = NAMES.filter((name) => filters[name].trim() !== "");
  return new URLSearchParams(on.map((name) => [name, filters[name].trim()])).toString();
}

/** Counts the active filters, without the search text and the order. */
export function countFilters(filters: Filters): number {
  return NAMES.filter((name) => name !== "q" && name !== "sort" && filters[name] !== "").length;
}

/** Removes all filters, but keeps the search text and the order. */
export function withoutFilters(filters: Filters): Filters {
  return { ...NO_FILTERS, q: filters.q, sort: filters.sort };
}

const oneOf = <T extends string>(value: string, allowed: readonly T[]): T | undefined =>
  allowed.find((option) => option === value);

const positive = (value: string): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number < 1_000_000 ? number : undefined;
};

/** Returns the API's input. Values that are not valid are left out. */
export function filtersToInput(
  filters: Filters,
  zone: string,
): Partial<Omit<ListDoctors, "cursor" | "limit">> {
  const rupees = positive(filters.maxFee);
  const days = positive(filters.within);
  const today = localDate(new Date(), zone);
  return {
    q: filters.q.trim() || undefined,
    specialization: filters.specialization || undefined,
    language: filters.language || undefined,
    gender: oneOf(filters.gender, GENDERS),
    maxFee: rupees === undefined ? undefined : rupees * 100,
    availableBefore:
      days === undefined ? undefined : startOfDay(addDays(today, Math.min(days, 60)), zone),
    sort: oneOf(filters.sort, SORTS) ?? "nextAvailable",
  };
}
