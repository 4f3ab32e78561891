import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useEffectEvent } from "react";

/**
 * Takes over text that was typed, or filled in by the browser, before React hydrated the server's form.
 * React 19.3 keeps such text in the field and does not report it, so that the form would send the old value.
 */
export function useEarlyInput<Fields extends Record<string, unknown>>(
  form: UseFormReturnType<Fields>,
): void {
  const adopt = useEffectEvent(() => {
    const typed = Object.entries(form.values).flatMap(([field, value]) => {
      const input = form.getInputNode(field);
      const isText = input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement;
      // A select shows another text than its value, and is left alone.
      return isText && input.defaultValue === value && input.value !== value
        ? [[field, input.value] as const]
        : [];
    });
    if (typed.length > 0) form.setValues(Object.fromEntries(typed) as Partial<Fields>);
  });
  useEffect(() => adopt(), []);
}
