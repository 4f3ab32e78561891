import type { UseFormReturnType } from "@mantine/form";
import { z } from "zod";
import { useDraft } from "./Drafts";

const shape = z.record(z.string(), z.unknown());

/** Keeps the changed fields of a form over the end of a session. @param name one for each form and record. */
export function useFormDraft<Fields extends Record<string, unknown>>(
  name: string,
  form: UseFormReturnType<Fields>,
): void {
  useDraft(name, form.isDirty() ? form.values : null, shape, (kept) => {
    // A field that the form no longer has is left out.
    const known = Object.entries(kept).filter(
      ([field, value]) =>
        field in form.values && Array.isArray(value) === Array.isArray(form.values[field]),
    );
    form.setValues(Object.fromEntries(known) as Partial<Fields>);
  });
}
