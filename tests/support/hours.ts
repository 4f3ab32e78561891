import { Temporal } from "temporal-polyfill";
import { callerAs } from "./caller";
import { sql } from "./database";
import { type DoctorPerson, makeDoctor } from "./factories";

export const ZONE = "Asia/Kolkata";

/** Returns the date in the doctor's zone, this many days ahead. */
export const dayAhead = (days: number) =>
  Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate().add({ days });
/** The date in three days, on which the doctor works. */
export const workday = dayAhead(3);

/** Half-hour slots on one morning a week: eight in a horizon of 8 days, sixteen in one of 14 days. */
export const morning = {
  weekday: workday.dayOfWeek,
  start: "09:00",
  end: "13:00",
  slotMinutes: 30,
};
export const hours = { timezone: ZONE, rules: [morning], horizonDays: 8 };

/** Sets `hours` with some changes. */
export const setHours = (doctor: DoctorPerson, changes: object) =>
  callerAs(doctor).availability.set({ ...hours, ...changes });

type SlotRow = { id: string; starts_at: Date; status: string; from_rules: boolean };

/** Returns the doctor's slots that are not withdrawn, earliest first. */
export const slotsOf = ({ doctorId }: DoctorPerson) =>
  sql<SlotRow>(
    `SELECT id, starts_at, status, from_rules FROM availability_slots
      WHERE doctor_id = $1 AND withdrawn_at IS NULL ORDER BY starts_at`,
    [doctorId],
  );

/** Returns the starts of slots in the doctor's zone, for example "09:30". */
export const localTimes = (rows: Array<{ starts_at: Date }>) =>
  rows.map(({ starts_at: at }) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime())
      .toZonedDateTimeISO(ZONE)
      .toPlainTime()
      .toString()
      .slice(0, 5),
  );

/** Makes a doctor with `hours`, or with some changes of them. */
export async function makeDoctorWithHours(changes: object = {}) {
  const doctor = await makeDoctor();
  await setHours(doctor, changes);
  return { doctor, slots: await slotsOf(doctor) };
}

export const idAt = (slots: SlotRow[], index: number) => slots[index]?.id ?? "";
