import { z } from "zod";
import { personName } from "@/server/platform/schema";

/** A name in a form, in kinder words than the server's schema has. */
export const nameField = z
  .string()
  .trim()
  .min(1, "Please enter your name")
  .max(100, "Please shorten the name")
  .refine(
    (name) => personName.safeParse(name).success,
    "Please write the name alone, without a link",
  );
