import { asOwner } from "./demo-database";

/** Makes every session of somebody look untouched for so long: nobody waits 15 minutes for a test. */
export async function leaveAlone(email: string, seconds: number): Promise<void> {
  const { rowCount } = await asOwner((owner) =>
    owner.query(
      `UPDATE sessions SET last_seen_at = now() - make_interval(secs => $2)
        WHERE user_id = (SELECT id FROM users WHERE email = $1) AND revoked_at IS NULL`,
      [email, seconds],
    ),
  );
  if (rowCount === 0) throw new Error(`${email} is signed in nowhere`);
}
