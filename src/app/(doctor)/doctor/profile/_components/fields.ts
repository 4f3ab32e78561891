import { z } from "zod";
import {
  practiceShape,
  registrationShape,
  toPracticeFields,
  toPracticeInput,
  toRegistrationFields,
  toRegistrationInput,
} from "@/app/_components/doctor-fields";
import { isApiError, refusalOf } from "@/app/_components/error-text";
import { nameField } from "@/app/_components/name-field";
import { type Profile, type ProfileInput, profile as profileShape } from "@/server/doctors/schema";

/** @param from the earliest day that a registration may end on, as YYYY-MM-DD. */
export const fieldsFrom = (from: string) =>
  z.object({ name: nameField, ...registrationShape(from), ...practiceShape });
export type Fields = z.infer<ReturnType<typeof fieldsFrom>>;

/** Returns the fields for the form. A value that waits for approval replaces the public value. */
export function toFields(profile: Profile): Fields {
  const details = { ...profile, ...profile.pending };
  return {
    name: details.name,
    ...toRegistrationFields(details),
    ...toPracticeFields(profile),
  };
}

const toInput = (fields: Fields) => ({
  name: fields.name,
  ...toRegistrationInput(fields),
  ...toPracticeInput(fields),
});

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Returns the fields of `now` that differ from `base`. */
const changedFields = (base: Fields, now: Fields): Partial<Fields> =>
  Object.fromEntries(
    Object.entries(now).filter(([field, value]) => !isSame(value, Reflect.get(base, field))),
  );

/** Returns what to save: the changed fields, and the version of the profile that they were compared with. */
export function toChange(base: Profile, fields: Fields): ProfileInput {
  const before = toInput(toFields(base));
  const changed = Object.entries(toInput(fields)).filter(
    ([field, value]) => !isSame(value, Reflect.get(before, field)),
  );
  return { ...Object.fromEntries(changed), version: base.version };
}

/** Returns the fields of the stored profile, except for those that the doctor has changed since `base`. */
export const mergeTyped = (stored: Profile, base: Profile, typed: Fields): Fields => ({
  ...toFields(stored),
  ...changedFields(toFields(base), typed),
});

const LABELS: Record<keyof Fields, string> = {
  name: "Name",
  registrationNumber: "Registration no.",
  council: "Council",
  registrationExpiresOn: "Registered until",
  specializations: "Specializations",
  languages: "Languages",
  qualifications: "Qualifications",
  fee: "Fee",
  bio: "About you",
};

/** Returns the labels of the fields that differ between two versions of the stored profile. */
export const labelsOfChanges = (base: Profile, stored: Profile): string[] =>
  Object.keys(changedFields(toFields(base), toFields(stored))).map(
    (field) => LABELS[field as keyof Fields],
  );

/**
 * Returns the stored profile if the server refused a change because the change is based on an older version.
 * Otherwise returns null.
 */
export function storedProfileOfConflict(error: unknown): Profile | null {
  if (refusalOf(error).reason !== "STALE_VERSION" || !isApiError(error)) return null;
  return profileShape.safeParse(error.data?.current).data ?? null;
}
