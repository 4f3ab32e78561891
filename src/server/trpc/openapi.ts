import { generateOpenApiDocument } from "trpc-to-openapi";
import { env } from "@/env";
import { appRouter } from "./root";

let bytes: Uint8Array<ArrayBuffer> | undefined;

/** Returns the OpenAPI 3.1 document of /api/v1 as JSON. It is generated at the first call. */
export function openApiBytes(): Uint8Array<ArrayBuffer> {
  bytes ??= new TextEncoder().encode(JSON.stringify(generate()));
  return bytes;
}

function generate() {
  return generateOpenApiDocument(appRouter, {
    title: "Amrutam Telemedicine",
    description:
      "Find a doctor, hold a slot, pay, consult. Every write but those under /auth needs an Idempotency-Key header.",
    version: "1",
    baseUrl: `${env.APP_URL}/api/v1`,
    tags: ["Accounts", "Doctors", "Bookings", "Admin"],
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
  });
}
