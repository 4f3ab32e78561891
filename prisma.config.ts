import { defineConfig } from "prisma/config";

// Our scripts use the CLI only to generate the client; scripts/launcher/migrate.ts applies
// migrations. The URL is for `prisma migrate deploy` and `prisma studio`, which need Prisma's
// native engine.
export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url: process.env.MIGRATION_DATABASE_URL ?? process.env.DATABASE_URL ?? "" },
});
