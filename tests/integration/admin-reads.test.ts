import { describe, expect, test } from "vitest";
import { makeConfirmed } from "../support/bookings";
import { sql } from "../support/database";
import { makeAdmin, type Person } from "../support/factories";
import { HOSTS, useHost } from "../support/http";

const readsOf = ({ id }: Person) =>
  sql<{ entity_id: string; detail: { shown?: string[]; ids?: Record<string, string> } }>(
    `SELECT entity_id, detail FROM audit_logs WHERE action = 'admin.read' AND actor_id = $1
      ORDER BY id`,
    [id],
  );

describe.each(HOSTS)("a read by an admin, %s", (host) => {
  const api = useHost(host);

  test.each<[string, (bookingId: string) => Promise<unknown>, string] | [string, string, string]>([
    ["people", "/admin/users?limit=5", "people.list"],
    ["the audit log", "/admin/audit?limit=5", "audit.list"],
    ["applications", "/admin/doctors?status=PENDING", "doctors.applications"],
    ["the summary", "/admin/analytics/summary?from=2026-01-01&to=2026-02-01", "analytics.summary"],
    [
      "the utilization",
      "/admin/analytics/utilization?from=2026-01-01&to=2026-02-01",
      "analytics.utilization",
    ],
    ["bookings", "/bookings?limit=5", "bookings.list"],
  ])("of %s is audited", async (_what, path, procedure) => {
    const admin = await makeAdmin();
    const answer = await api.get(String(path), admin);
    expect(answer.status).toBe(200);
    const [read] = await readsOf(admin);
    expect(read?.entity_id).toBe(procedure);
    const items = (answer.body as { items?: Array<{ id?: string }> }).items ?? [];
    expect(read?.detail.shown ?? []).toEqual(items.flatMap(({ id }) => id ?? []));
  });

  test("of one booking and its consultation is audited with the booking's id", async () => {
    const admin = await makeAdmin();
    const { booking } = await makeConfirmed();
    await api.get(`/bookings/${booking.id}`, admin);
    await api.get(`/bookings/${booking.id}/consultation`, admin);
    const reads = await readsOf(admin);
    expect(reads.map(({ entity_id }) => entity_id)).toEqual(["bookings.get", "consultations.get"]);
    for (const { detail } of reads) expect(detail.ids).toEqual({ bookingId: booking.id });
  });

  test("with a search text is audited without the text", async () => {
    const admin = await makeAdmin();
    await api.get("/admin/users?q=secretname&limit=5", admin);
    const [read] = await readsOf(admin);
    expect(JSON.stringify(read)).not.toContain("secretname");
    expect(read?.detail).toMatchObject({ by: ["q"] });
  });

  test("of the admin's own account is not audited, and neither is a failed read", async () => {
    const admin = await makeAdmin();
    await api.get("/me", admin);
    await api.get("/me/sessions", admin);
    await api.get("/admin/audit?limit=0", admin);
    expect(await readsOf(admin)).toEqual([]);
  });
});
