import { generateOpenApiDocument } from "trpc-to-openapi";
import { env } from "@/env";
import { appRouter } from "./root";

let document: ReturnType<typeof generateOpenApiDocument> | undefined;

/** The OpenAPI 3.1 description of /api/v1, made from the router. */
export function openApiDocument() {
  document ??= generateOpenApiDocument(appRouter, {
    title: "Amrutam Telemedicine",
    description:
      "Find a doctor, hold a slot, pay, consult. Every write but those under /auth needs an Idempotency-Key header.",
    version: "1",
    baseUrl: `${env.APP_URL}/api/v1`,
    tags: ["Accounts", "Doctors", "Bookings", "Admin"],
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
  });
  return document;
}
