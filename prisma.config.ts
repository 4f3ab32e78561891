import { defineConfig } from "prisma/config";

// The CLI only generates the client here; scripts/launcher/migrate.ts applies migrations. The URL is for
// whoever has Prisma's own engine and prefers `prisma migrate deploy` or `prisma studio`.
export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url: process.env.MIGRATION_DATABASE_URL ?? process.env.DATABASE_URL ?? "" },
});
