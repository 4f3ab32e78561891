import type { Invariant } from "./invariant";

export const ACCOUNTS: Invariant[] = [
  {
    id: "12a",
    title: "no account with an unconfirmed address is signed in",
    sql: `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE u.email_verified_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > app_now()`,
  },
  {
    id: "12b",
    title: "if there are admins, at least one of them is active",
    sql: `SELECT id FROM users WHERE role = 'admin' AND NOT EXISTS (
            SELECT FROM users WHERE role = 'admin' AND status = 'ACTIVE') LIMIT 1`,
  },
];
