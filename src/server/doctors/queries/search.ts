import { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isInstant, isInteger, isUuid, listOf, toPage } from "../../platform/page";
import { searchWords } from "../rules";
import type { Doctor, DoctorCard, ListDoctors } from "../schema";

type Row = {
  id: string;
  name: string;
  gender: DoctorCard["gender"];
  specializations: string[];
  languages: string[];
  fee_amount: number;
  years_of_experience: number;
  registration_number: string;
  next_at: Date | null;
};

/** The start of the next slot that can still be booked. Reads one entry of the (doctor_id, starts_at) index. */
const nextAvailable = Prisma.sql`(
  SELECT s.starts_at FROM availability_slots s
   WHERE s.doctor_id = d.id AND s.starts_at > (SELECT app_now()) + make_interval(mins => d.minimum_notice_minutes)
     AND s.status = 'AVAILABLE' AND s.withdrawn_at IS NULL
   ORDER BY s.starts_at LIMIT 1)`;

const toCard = (row: Row): DoctorCard => ({
  id: row.id,
  name: row.name,
  gender: row.gender,
  specializations: row.specializations,
  languages: row.languages,
  fee: { amount: row.fee_amount, currency: "INR" },
  yearsOfExperience: row.years_of_experience,
  registrationNumber: row.registration_number,
  nextAvailableAt: row.next_at?.toISOString() ?? null,
});

const isText = (value: unknown) => typeof value === "string" && !value.includes("\0");

/** How each order sorts, continues after a cursor, and checks a cursor. Ids break ties. */
const SORTS = {
  nextAvailable: {
    by: Prisma.sql`next_at ASC NULLS LAST, id`,
    key: (row: Row) => row.next_at?.toISOString() ?? null,
    isKey: (value: unknown) => value === null || isInstant(value),
    after: (value: unknown, id: unknown) =>
      value === null
        ? Prisma.sql`next_at IS NULL AND id > ${id}::uuid`
        : Prisma.sql`(next_at IS NULL OR (next_at, id) > (${value}::timestamptz, ${id}::uuid))`,
  },
  fee: {
    by: Prisma.sql`fee_amount, id`,
    key: (row: Row) => row.fee_amount,
    isKey: isInteger,
    after: (value: unknown, id: unknown) =>
      Prisma.sql`(fee_amount, id) > (${value}::int, ${id}::uuid)`,
  },
  name: {
    by: Prisma.sql`name, id`,
    key: (row: Row) => row.name,
    isKey: isText,
    after: (value: unknown, id: unknown) => Prisma.sql`(name, id) > (${value}::text, ${id}::uuid)`,
  },
  experience: {
    by: Prisma.sql`years_of_experience DESC, id`,
    key: (row: Row) => row.years_of_experience,
    isKey: isInteger,
    after: (value: unknown, id: unknown) =>
      Prisma.sql`(-years_of_experience, id) > (-${value}::int, ${id}::uuid)`,
  },
} as const;

/** The LIKE pattern of a word. It matches anywhere; a single letter matches only the beginning of a word. */
const pattern = (word: string) =>
  `%${word.length === 1 ? " " : ""}${word.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;

function filters(input: ListDoctors): Prisma.Sql[] {
  const { q, specialization, language, gender, maxFee } = input;
  return [
    Prisma.sql`doctor_is_bookable(d)`,
    ...searchWords(q ?? "").map((word) => Prisma.sql`d.search_text LIKE ${pattern(word)}`),
    ...(specialization ? [Prisma.sql`d.specializations @> ARRAY[${specialization}]`] : []),
    ...(language ? [Prisma.sql`d.languages @> ARRAY[${language}]`] : []),
    ...(gender ? [Prisma.sql`d.gender = ${gender}::gender`] : []),
    ...(maxFee === undefined ? [] : [Prisma.sql`d.fee_amount <= ${maxFee}`]),
  ];
}

const columns = Prisma.sql`d.id, d.name, d.gender::text AS gender, d.specializations, d.languages,
  d.fee_amount, d.years_of_experience, d.registration_number`;

/** How many free slots the first page of all doctors reads: enough for a busy morning at a large clinic. */
const SOONEST = 400;

/**
 * Finds the doctors with the soonest free slots, in the order of listDoctors, without one query for
 * each doctor. The result is exact, but it may have fewer than `limit` doctors, because only the
 * first SOONEST slots are read.
 */
const soonestDoctors = (limit: number) => db.$queryRaw<Row[]>`
  WITH soonest AS (
    SELECT doctor_id, starts_at FROM availability_slots
     WHERE starts_at > (SELECT app_now()) AND status = 'AVAILABLE' AND withdrawn_at IS NULL
     ORDER BY starts_at, doctor_id LIMIT ${SOONEST})
  SELECT ${columns}, min(s.starts_at) AS next_at
    FROM soonest s JOIN doctors d ON d.id = s.doctor_id
   WHERE doctor_is_bookable(d)
     AND s.starts_at > (SELECT app_now()) + make_interval(mins => d.minimum_notice_minutes)
   GROUP BY d.id ORDER BY next_at, d.id LIMIT ${limit}`;

const isFirstPageOfAll = ({ limit, sort, ...narrowing }: ListDoctors) =>
  sort === "nextAvailable" && Object.values(narrowing).every((value) => value === undefined);

/** Lists approved doctors that match, in the requested order, with the next free slot of each. */
export async function listDoctors(input: ListDoctors) {
  const sort = SORTS[input.sort];
  const list = listOf("doctors", input);
  const page = (rows: Row[]) => toPage(rows, list, toCard, (row) => [sort.key(row), row.id]);
  if (isFirstPageOfAll(input)) {
    const rows = await soonestDoctors(input.limit + 1);
    // With fewer rows, the list continues with doctors who have a later free slot or none.
    if (rows.length > input.limit) return page(rows);
  }
  const key = decodeCursor(list, ([value, id]) => sort.isKey(value) && isUuid(id));
  const before = input.availableBefore;
  const beyond = [
    ...(before ? [Prisma.sql`next_at < ${before}::timestamptz`] : []),
    ...(key ? [sort.after(key[0], key[1])] : []),
  ];
  const rows = await db.$queryRaw<Row[]>`
    WITH found AS (
      SELECT ${columns}, ${nextAvailable} AS next_at
        FROM doctors d WHERE ${Prisma.join(filters(input), " AND ")})
    SELECT * FROM found ${beyond.length > 0 ? Prisma.sql`WHERE ${Prisma.join(beyond, " AND ")}` : Prisma.empty}
     ORDER BY ${sort.by} LIMIT ${input.limit + 1}`;
  return page(rows);
}

/** Reads an approved doctor. @throws NOT_FOUND. */
export async function getDoctor(doctorId: string): Promise<Doctor> {
  const [row] = await db.$queryRaw<
    Array<Row & Pick<Doctor, "bio" | "qualifications" | "timezone">>
  >`
    SELECT ${columns}, ${nextAvailable} AS next_at, d.bio, d.qualifications, d.timezone
      FROM doctors d WHERE d.id = ${doctorId}::uuid AND doctor_is_bookable(d)`;
  if (!row) throw new AppError("NOT_FOUND");
  const { bio, qualifications, timezone } = row;
  return { ...toCard(row), bio, qualifications, timezone };
}

type Facet = { name: string; doctors: number };

const countOf = (column: Prisma.Sql) => db.$queryRaw<Facet[]>`
  SELECT facet.name, count(*)::int AS doctors FROM doctors d, unnest(${column}) AS facet(name)
   WHERE doctor_is_bookable(d) GROUP BY facet.name ORDER BY doctors DESC, facet.name LIMIT 100`;

/** Reads the specializations and languages to filter by, each with its number of approved doctors. */
export async function facets(): Promise<{ specializations: Facet[]; languages: Facet[] }> {
  const [specializations, languages] = await Promise.all([
    countOf(Prisma.sql`d.specializations`),
    countOf(Prisma.sql`d.languages`),
  ]);
  return { specializations, languages };
}
