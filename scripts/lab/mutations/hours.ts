import type { Mutation } from "./list";

const HOURS = "src/server/availability/commands/hours.ts";
const PLAN = "src/server/availability/commands/plan.ts";

export const HOURS_MUTATIONS: Mutation[] = [
  {
    says: "hours are saved whatever version was read",
    file: HOURS,
    find: "::int IS NULL OR r.version = ",
    replace: "::int IS NULL OR true OR r.version = ",
    tests: ["availability-races", "availability-changes"],
  },
  {
    says: "a booking off the new grid is a conflict",
    file: PLAN,
    find: "(on_day_off OR from_rules AND NOT within) AS outside",
    replace: "(on_day_off OR from_rules AND NOT fits) AS outside",
    tests: ["availability-changes"],
  },
  {
    says: "previews of one doctor run side by side in several processes",
    file: "src/server/availability/commands/preview.ts",
    find: "CASE WHEN lock.mine THEN",
    replace: "CASE WHEN lock.mine IS NOT NULL THEN",
    tests: ["many-slots"],
  },
];
