import { z } from "zod";
import { personName } from "@/server/platform/schema";

/** The schema of a name field in a form. Its messages are for users; the server checks the same rules. */
export const nameField = z
  .string()
  .trim()
  .min(1, "Please enter your name")
  .max(100, "Please shorten the name")
  .refine(
    (name) => personName.safeParse(name).success,
    "Please write the name alone, without a link",
  );
