"use client";

import { Group, NumberInput, TagsInput, Textarea } from "@mantine/core";
import type { GetInputPropsReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LIMITS } from "@/server/doctors/schema";
import { useTRPC } from "../_trpc/client";
import type { PracticeFields } from "./doctor-fields";

/** The inputs for what patients choose a doctor by. */
export function PracticeInputs({
  inputProps,
  besideFee,
  feeHint,
}: {
  inputProps: (field: keyof PracticeFields) => GetInputPropsReturnType;
  besideFee?: ReactNode;
  feeHint?: string;
}) {
  const trpc = useTRPC();
  const facets = useQuery(trpc.doctors.facets.queryOptions());
  const names = (items: Array<{ name: string }> | undefined) =>
    (items ?? []).map(({ name }) => name);
  return (
    <>
      <TagsInput
        label="Specializations"
        description="Choose or type; Enter adds one. Six at most."
        data={names(facets.data?.specializations)}
        maxTags={LIMITS.specializations}
        maxLength={60}
        {...inputProps("specializations")}
      />
      <TagsInput
        label="Languages that you consult in"
        description="Choose or type; Enter adds one."
        data={names(facets.data?.languages)}
        maxTags={LIMITS.languages}
        maxLength={60}
        {...inputProps("languages")}
      />
      <TagsInput
        label="Qualifications (optional)"
        description="For example BAMS; Enter adds one. Six at most."
        maxTags={LIMITS.qualifications}
        maxLength={80}
        {...inputProps("qualifications")}
      />
      <Group grow align="flex-end" gap="md">
        {besideFee}
        <NumberInput
          label="Fee"
          description={feeHint}
          prefix="₹"
          min={1}
          max={LIMITS.fee / 100}
          decimalScale={2}
          thousandSeparator=","
          thousandsGroupStyle="lakh"
          hideControls
          inputMode="decimal"
          {...inputProps("fee")}
        />
      </Group>
      <Textarea
        label="About you (optional)"
        description="A few sentences: what you treat, and how you work."
        maxLength={LIMITS.bio}
        autosize
        minRows={3}
        {...inputProps("bio")}
      />
    </>
  );
}
