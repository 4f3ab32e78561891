import type { UseFormReturnType } from "@mantine/form";
import { z } from "zod";
import { useDraft } from "./Drafts";

const shape = z.record(z.string(), z.unknown());

/** Saves a changed form when the session ends. @param name identifies the form and its record. */
export function useFormDraft<Fields extends Record<string, unknown>>(
  name: string,
  form: UseFormReturnType<Fields>,
): void {
  useDraft(name, form.isDirty() ? form.values : null, shape, (saved) => {
    // A saved field that the form no longer has is ignored.
    const known = Object.entries(saved).filter(
      ([field, value]) =>
        field in form.values && Array.isArray(value) === Array.isArray(form.values[field]),
    );
    form.setValues(Object.fromEntries(known) as Partial<Fields>);
  });
}
