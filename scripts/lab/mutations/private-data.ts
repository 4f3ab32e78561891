import { inFile } from "./mutation";

const PROCEDURES = "src/server/trpc/procedures.ts";

/** Guards of who reads personal and clinical data, and of their encryption. */
export const PRIVATE_DATA_MUTATIONS = [
  ...inFile(PROCEDURES, "access", {
    "a role can call the procedures of another role": [
      "  if (actor.role !== role) throw await deny",
      "  if (!role) throw await deny",
    ],
  }),
  ...inFile("src/server/bookings/queries/scope.ts", "access", {
    "a patient can read everybody's bookings": [
      "sql`b.patient_id = ",
      "sql`true OR b.patient_id = ",
    ],
  }),
  ...inFile("src/server/bookings/queries/doctor-bookings.ts", "consents", {
    "a doctor can read a booking reason without the patient's consent": [
      '{hasConsent("consultation", Prisma.sql`b.patient_id`)}',
      "{Prisma.sql`true`}",
    ],
  }),
  ...inFile("src/server/accounts/queries/consents.ts", "consents", {
    "a withdrawn consent stays in force": [" AND agreed.withdrawn_at IS NULL", ""],
  }),
  ...inFile("src/server/payments/queries.ts", "access", {
    "a patient can read everybody's receipts": [
      "paymentId}::uuid AND b.patient_id = ",
      "paymentId}::uuid OR b.patient_id = ",
    ],
  }),
  ...inFile(PROCEDURES, "admin-reads", {
    "the audit log does not record what an admin reads": [
      'session.role === "admin" && !path',
      'session.role === "doctor" && !path',
    ],
  }),
  ...inFile("src/server/trpc/node.ts", "local-callers", {
    "a caller behind a proxy on this machine counts as local": [
      "isKnown && LOOPBACK.test(address)",
      "(isKnown || address) && LOOPBACK.test(incoming.socket.remoteAddress ?? address)",
    ],
  }),
  ...inFile("src/server/notifications/queries.ts", "local-callers", {
    "a caller from another machine can read the demo's mails": [
      "!env.isDemo || !isLocal",
      "!env.isDemo",
    ],
  }),
  ...inFile("src/server/notifications/channels.ts", "mail-server", {
    "mails leave this machine unencrypted": [
      "requireTLS: !LOCAL.includes(new URL(url).hostname)",
      "requireTLS: false",
    ],
  }),
  ...inFile("src/server/accounts/router/auth.ts", "canary", {
    "the input of a sign-in is logged": [
      "      const isKnown = await limitSignIn(input.email, input.deviceToken);",
      `      const isKnown = await limitSignIn(input.email, input.deviceToken);
      console.log(JSON.stringify(input));`,
    ],
  }),
  ...inFile("src/server/platform/account-mail.ts", "canary", {
    "a domain event contains a name": [
      "{ messageId: Prisma.sql`id` },",
      "{ messageId: Prisma.sql`id`, n: Prisma.sql`(SELECT string_agg(name, ' ') FROM users)` },",
    ],
  }),
  ...inFile("src/server/platform/idempotency.ts", "key-rotation", {
    "a key rotation leaves stored answers under the old key": [
      "data: { response: pack(scope, unpack(scope, response)) }",
      "data: { response }",
    ],
  }),
  ...inFile("src/server/platform/phi.ts", "data-key-rewrap", {
    "a key rotation overwrites a data key that changed meanwhile": [
      "where: { userId, kekVersion },",
      "where: { userId },",
    ],
  }),
  ...inFile("src/server/platform/crypto.ts", "unit/crypto", {
    "an authentication tag of four bytes is accepted": [
      "const TAG_BYTES = 16;",
      "const TAG_BYTES = 4;",
    ],
    "a ciphertext can be moved to another row or column": [
      "JSON.stringify([place.table, place.column, place.rowId, place.ownerId, keyVersion])",
      "JSON.stringify([place && keyVersion])",
    ],
  }),
];
