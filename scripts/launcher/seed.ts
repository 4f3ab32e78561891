import { seedDemo } from "../../prisma/seed";

// Seeds the database of DATABASE_URL with the demo. scripts/launcher/database.ts runs this.
await seedDemo();
process.exit(0);
