import { seedDemo } from "../../prisma/seed";

// Seeds the demo into DATABASE_URL; scripts/launcher/database.ts decides when.
await seedDemo();
process.exit(0);
