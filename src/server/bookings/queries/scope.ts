import { Prisma } from "@/generated/prisma/client";
import type { BookingScope } from "../rules";

/** Builds the condition on `bookings b` that keeps a caller to the own bookings. */
export function within(scope: BookingScope): Prisma.Sql {
  if (scope === "all") return Prisma.sql`true`;
  return "patientId" in scope
    ? Prisma.sql`b.patient_id = ${scope.patientId}::uuid`
    : Prisma.sql`b.doctor_id = ${scope.doctorId}::uuid`;
}
