import type { Mutation } from "./mutation";

const PROCEDURES = "src/server/trpc/procedures.ts";
const BOOKINGS_QUERIES = "src/server/bookings/queries.ts";
const CRYPTO = "src/server/platform/crypto.ts";

/** Guards of who reads personal and clinical data, and of their encryption. */
export const PRIVATE_DATA_MUTATIONS: Mutation[] = [
  {
    defect: "a role can call the procedures of another role",
    file: PROCEDURES,
    find: "  if (actor.role !== role) throw await deny",
    replace: "  if (!role) throw await deny",
    tests: ["access"],
  },
  {
    defect: "a patient can read everybody's bookings",
    file: BOOKINGS_QUERIES,
    find: "sql`b.patient_id = ",
    replace: "sql`true OR b.patient_id = ",
    tests: ["access"],
  },
  {
    defect: "a doctor can read a booking reason without the patient's consent",
    file: BOOKINGS_QUERIES,
    find: "sql`true` : isAgreed;",
    replace: "sql`true` : Prisma.sql`true`;",
    tests: ["consents"],
  },
  {
    defect: "a withdrawn consent stays in force",
    file: "src/server/accounts/queries/consents.ts",
    find: " AND agreed.withdrawn_at IS NULL",
    replace: "",
    tests: ["consents"],
  },
  {
    defect: "a patient can read everybody's receipts",
    file: "src/server/payments/queries.ts",
    find: "paymentId}::uuid AND b.patient_id = ",
    replace: "paymentId}::uuid OR b.patient_id = ",
    tests: ["access"],
  },
  {
    defect: "the audit log does not record what an admin reads",
    file: PROCEDURES,
    find: 'session.role === "admin" && !path',
    replace: 'session.role === "doctor" && !path',
    tests: ["admin-reads"],
  },
  {
    defect: "a caller behind a proxy on this machine counts as local",
    file: "src/server/trpc/node.ts",
    find: "isKnown && LOOPBACK.test(address)",
    replace: "(isKnown || address) && LOOPBACK.test(incoming.socket.remoteAddress ?? address)",
    tests: ["local-callers"],
  },
  {
    defect: "a caller from another machine can read the demo's mails",
    file: "src/server/notifications/queries.ts",
    find: "!env.isDemo || !isLocal",
    replace: "!env.isDemo",
    tests: ["local-callers"],
  },
  {
    defect: "mails leave this machine unencrypted",
    file: "src/server/notifications/channels.ts",
    find: "requireTLS: !LOCAL.includes(new URL(url).hostname)",
    replace: "requireTLS: false",
    tests: ["mail-server"],
  },
  {
    defect: "the input of a sign-in is logged",
    file: "src/server/accounts/router/auth.ts",
    find: "      const isKnown = await limitSignIn(input.email, input.deviceToken);",
    replace: `      const isKnown = await limitSignIn(input.email, input.deviceToken);
      console.log(JSON.stringify(input));`,
    tests: ["canary"],
  },
  {
    defect: "a domain event contains a name",
    file: "src/server/platform/owed.ts",
    find: "{ messageId: Prisma.sql`id` },",
    replace:
      "{ messageId: Prisma.sql`id`, n: Prisma.sql`(SELECT string_agg(name, ' ') FROM users)` },",
    tests: ["canary"],
  },
  {
    defect: "a key rotation leaves stored answers under the old key",
    file: "src/server/platform/idempotency.ts",
    find: "data: { response: pack(scope, unpack(scope, response)) }",
    replace: "data: { response }",
    tests: ["key-rotation"],
  },
  {
    defect: "a key rotation overwrites a data key that changed meanwhile",
    file: "src/server/platform/phi.ts",
    find: "where: { userId, kekVersion },",
    replace: "where: { userId },",
    tests: ["data-key-rewrap"],
  },
  {
    defect: "an authentication tag of four bytes is accepted",
    file: CRYPTO,
    find: "const TAG_BYTES = 16;",
    replace: "const TAG_BYTES = 4;",
    tests: ["unit/crypto"],
  },
  {
    defect: "a ciphertext can be moved to another row or column",
    file: CRYPTO,
    find: "JSON.stringify([place.table, place.column, place.rowId, place.ownerId, keyVersion])",
    replace: "JSON.stringify([place && keyVersion])",
    tests: ["unit/crypto"],
  },
];
