"use client";

import { Select, Stack } from "@mantine/core";
import { formatMoney } from "@/app/_components/format";
import type { Filters } from "./filters";
import type { Facets } from "./types";

/** The options of the highest fee, in rupees. */
const FEES = [300, 500, 750, 1000, 1500, 2000];

const WITHIN = [
  { value: "1", label: "Today" },
  { value: "2", label: "Today or tomorrow" },
  { value: "7", label: "In the next 7 days" },
];

const GENDERS = [
  { value: "female", label: "A woman" },
  { value: "male", label: "A man" },
];

/** Returns the label of a filter's value. */
export function filterLabel(name: keyof Filters, value: string): string {
  if (name === "maxFee")
    return `Up to ${formatMoney({ amount: Number(value) * 100, currency: "INR" })}`;
  const options = name === "within" ? WITHIN : name === "gender" ? GENDERS : [];
  return options.find((option) => option.value === value)?.label ?? value;
}

/** The fields of all filters. The sidebar and the drawer share them. */
export function FilterFields({
  filters,
  facets,
  onChange,
}: {
  filters: Filters;
  facets: Facets;
  onChange: (next: Partial<Filters>) => void;
}) {
  const named = (items: Facets["languages"]) =>
    items.map(({ name, doctors }) => ({ value: name, label: `${name} (${doctors})` }));
  const fields = [
    {
      name: "specialization",
      label: "Specialization",
      any: "Any specialization",
      data: named(facets.specializations),
      searchable: true,
    },
    { name: "within", label: "Free", any: "Any day", data: WITHIN },
    {
      name: "language",
      label: "Speaks",
      any: "Any language",
      data: named(facets.languages),
      searchable: true,
    },
    { name: "gender", label: "I would like to see", any: "Anyone", data: GENDERS },
    {
      name: "maxFee",
      label: "Fee",
      any: "Any fee",
      data: FEES.map((fee) => ({ value: String(fee), label: filterLabel("maxFee", String(fee)) })),
    },
  ] as const;

  return (
    <Stack gap="md">
      {fields.map(({ name, label, any, data, ...rest }) => (
        <Select
          key={name}
          label={label}
          placeholder={any}
          data={[...data]}
          value={filters[name] || null}
          onChange={(value) => onChange({ [name]: value ?? "" })}
          clearable
          clearButtonProps={{ "aria-label": `Clear: ${label}` }}
          nothingFoundMessage="Nothing by that name"
          {...rest}
        />
      ))}
    </Stack>
  );
}
