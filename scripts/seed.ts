import { seedDemo } from "../prisma/seed";

// Seeds the demo into DATABASE_URL; scripts/database.ts decides when.
await seedDemo(process.env.DATABASE_URL ?? "");
process.exit(0);
