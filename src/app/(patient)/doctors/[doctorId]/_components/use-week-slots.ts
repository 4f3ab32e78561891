import { useQuery, useQueryClient } from "@tanstack/react-query";
import { addDays, startOfDay } from "@/app/_components/format";
import { useTRPCClient } from "@/app/_trpc/client";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { DAYS_SHOWN } from "./week";

const PAGE_SIZE = 100;
/** The longest horizon that a doctor can set, in days. */
const LOOK_AHEAD_DAYS = 90;

const keyOf = (doctorId: string) => ["week-slots", doctorId];

/** Loads all slots of seven days in the viewer's zone, and refreshes them while the page is visible. */
export function useWeekSlots(doctorId: string, firstDay: string, zone: string, enabled: boolean) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: [...keyOf(doctorId), firstDay, zone],
    enabled,
    refetchInterval: 60_000,
    queryFn: async ({ signal }): Promise<Slot[]> => {
      const range = {
        doctorId,
        from: startOfDay(firstDay, zone),
        to: startOfDay(addDays(firstDay, DAYS_SHOWN), zone),
      };
      const slots: Slot[] = [];
      for await (const page of pagesOf(client, range, signal)) slots.push(...page);
      return slots;
    },
  });
}

type Range = { doctorId: string; from?: string; to?: string };

/** Loads all pages of a range of slots, one after another. A week of five-minute slots has 21 pages. */
async function* pagesOf(
  client: ReturnType<typeof useTRPCClient>,
  range: Range,
  signal: AbortSignal,
) {
  for (let cursor: string | undefined; ; ) {
    const input = { ...range, limit: PAGE_SIZE, cursor };
    const { items, nextCursor } = await client.availability.slots.query(input, { signal });
    yield items;
    if (!nextCursor) return;
    cursor = nextCursor;
  }
}

/** Returns the first free slot of a range, on whatever page it is; null if there is none. */
async function firstFree(
  client: ReturnType<typeof useTRPCClient>,
  range: Range,
  signal: AbortSignal,
): Promise<Slot | null> {
  for await (const page of pagesOf(client, range, signal)) {
    const free = page.find(({ status }) => status === "AVAILABLE");
    if (free) return free;
  }
  return null;
}

/** Finds the first free slot after a week that has none. */
export function useNextFree(doctorId: string, after: string, zone: string, enabled: boolean) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: [...keyOf(doctorId), "next", after, zone],
    enabled,
    queryFn: ({ signal }) => {
      const to = startOfDay(addDays(after, LOOK_AHEAD_DAYS), zone);
      return firstFree(client, { doctorId, from: startOfDay(after, zone), to }, signal);
    },
  });
}

/** Finds a doctor's soonest free slot; null if it was taken and none is free in the 14 days after it. */
export function useSoonestSlot({ id: doctorId, nextAvailableAt }: Doctor) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: [...keyOf(doctorId), "soonest", nextAvailableAt],
    enabled: nextAvailableAt !== null,
    refetchInterval: 60_000,
    queryFn: ({ signal }) =>
      firstFree(client, { doctorId, from: nextAvailableAt ?? undefined }, signal),
  });
}

/** Returns a function that reloads a doctor's slots, for example after one was taken. */
export function useInvalidateSlots(doctorId: string): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: keyOf(doctorId) });
}
