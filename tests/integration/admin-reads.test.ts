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

describe.each(HOSTS)("what an admin reads, %s", (host) => {
  const api = useHost(host);

  test.each<[string, (bookingId: string) => Promise<unknown>, string] | [string, string, string]>([
    ["people", "/admin/users?limit=5", "people.list"],
    ["the audit log", "/admin/audit?limit=5", "audit.list"],
    ["applications", "/admin/doctors?status=PENDING", "doctors.applications"],
    ["counts", "/admin/analytics/summary?from=2026-01-01&to=2026-02-01", "analytics.summary"],
    ["use", "/admin/analytics/utilization?from=2026-01-01&to=2026-02-01", "analytics.utilization"],
    ["bookings", "/bookings?limit=5", "bookings.list"],
  ])("%s is on the record", async (_what, path, procedure) => {
    const admin = await makeAdmin();
    const answer = await api.get(String(path), admin);
    expect(answer.status).toBe(200);
    const [read] = await readsOf(admin);
    expect(read?.entity_id).toBe(procedure);
    const items = (answer.body as { items?: Array<{ id?: string }> }).items ?? [];
    expect(read?.detail.shown ?? []).toEqual(items.flatMap(({ id }) => id ?? []));
  });

  test("one booking and its consultation are on the record with their ids", async () => {
    const admin = await makeAdmin();
    const { booking } = await makeConfirmed();
    await api.get(`/bookings/${booking.id}`, admin);
    await api.get(`/bookings/${booking.id}/consultation`, admin);
    const reads = await readsOf(admin);
    expect(reads.map(({ entity_id }) => entity_id)).toEqual(["bookings.get", "consultations.get"]);
    for (const { detail } of reads) expect(detail.ids).toEqual({ bookingId: booking.id });
  });

  test("a search is on the record without the words of it", async () => {
    const admin = await makeAdmin();
    await api.get("/admin/users?q=secretname&limit=5", admin);
    const [read] = await readsOf(admin);
    expect(JSON.stringify(read)).not.toContain("secretname");
    expect(read?.detail).toMatchObject({ by: ["q"] });
  });

  test("the admin's own account is no such read, nor is what fails", async () => {
    const admin = await makeAdmin();
    await api.get("/me", admin);
    await api.get("/me/sessions", admin);
    await api.get("/admin/audit?limit=0", admin);
    expect(await readsOf(admin)).toEqual([]);
  });
});
