import { Prisma } from "@/generated/prisma/client";
import { hasConsent } from "../../accounts/queries/consents";
import { openProfiles } from "../../accounts/queries/profile";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { toPage } from "../../platform/page";
import { openTexts } from "../../platform/phi";
import { clinicDay } from "../../platform/schema";
import { ageOn } from "../rules";
import type { DoctorBooking, ListBookings } from "../schema";
import { bookingList, keyOf, listRows, type Row, reasonPlace, toBooking } from "./bookings";

/**
 * Decrypts what patients wrote to a doctor, by the bookings' ids. A booking is left out if it has no
 * reason or the patient's consent is not in force. The caller audits the reading.
 */
export async function readReasons(
  doctorId: string,
  bookingIds: string[],
): Promise<Map<string, string>> {
  if (bookingIds.length === 0) return new Map();
  const rows = await db.$queryRaw<Array<Pick<Row, "id" | "patient_id" | "reason">>>`
    SELECT b.id, b.patient_id, b.reason FROM bookings b
     WHERE b.id = ANY(${bookingIds}::uuid[]) AND b.doctor_id = ${doctorId}::uuid
       AND b.reason IS NOT NULL AND ${hasConsent("consultation", Prisma.sql`b.patient_id`)}`;
  const texts = await openTexts(
    rows.map(({ id, patient_id, reason }) => ({
      place: reasonPlace(id, patient_id),
      sealed: reason,
    })),
  );
  return new Map(
    rows.flatMap(({ id }, index) => {
      const text = texts[index];
      return text ? [[id, text] as const] : [];
    }),
  );
}

/**
 * Lists a doctor's bookings, earliest start first, each with the patient's name, age, gender and reason.
 * Only `viewDoctorBookings` calls it, which audits what was shown.
 */
export async function listDoctorBookings(doctorId: string, input: ListBookings) {
  const rows = await listRows({ doctorId }, input, "ASC");
  const texts = await readReasons(
    doctorId,
    rows.map(({ id }) => id),
  );
  const userIds = [...new Set(rows.map((row) => row.patient_id))];
  const profiles = await openProfiles(
    await db.profile.findMany({ where: { userId: { in: userIds } } }),
  );
  const today = clinicDay(clock.now());
  const toItem = (row: Row): DoctorBooking => {
    const { doctor: _doctor, ...rest } = toBooking(row, texts.get(row.id) ?? null);
    const personal = profiles.get(row.patient_id);
    const born = personal?.dateOfBirth;
    return {
      ...rest,
      patient: {
        id: row.patient_id,
        name: row.patient_name,
        age: born ? ageOn(today, born) : null,
        gender: personal?.gender ?? null,
      },
    };
  };
  return toPage(rows, bookingList(input, "ASC"), toItem, keyOf);
}
