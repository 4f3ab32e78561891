import { randomUUID } from "node:crypto";
import { createCallerFromHeaders } from "@/server/trpc/caller";
import { LOCAL, localMark } from "@/server/trpc/context";
import type { Person } from "./factories";

/** Calls the router without HTTP, as a person or (null) without sign-in, with a new idempotency key. */
export function callerAs(person: Pick<Person, "token"> | null, key: string = randomUUID()) {
  const headers = new Headers({ "idempotency-key": key, [LOCAL]: localMark() });
  if (person) headers.set("authorization", `Bearer ${person.token}`);
  return createCallerFromHeaders(headers).caller;
}
