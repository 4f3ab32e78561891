"use client";

import { TextInput } from "@mantine/core";
import type { GetInputPropsReturnType } from "@mantine/form";
import { DateField } from "./DateField";
import type { RegistrationFields } from "./doctor-fields";
import { LAST_DAY } from "./typed-date";

/** The inputs for what an admin compares with the council's register. */
export function RegistrationInputs({
  from,
  inputProps,
}: {
  /** The first day that the calendar offers, as YYYY-MM-DD. */
  from: string;
  inputProps: (field: keyof RegistrationFields) => GetInputPropsReturnType;
}) {
  return (
    <>
      <TextInput label="Registration no." maxLength={60} {...inputProps("registrationNumber")} />
      <TextInput
        label="Council"
        description="For example Maharashtra Medical Council"
        maxLength={120}
        {...inputProps("council")}
      />
      <DateField
        label="Registered until"
        from={from}
        to={LAST_DAY}
        {...inputProps("registrationExpiresOn")}
      />
    </>
  );
}
