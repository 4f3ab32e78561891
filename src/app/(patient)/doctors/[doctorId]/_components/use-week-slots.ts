import { useQuery, useQueryClient } from "@tanstack/react-query";
import { addDays, startOfDay } from "@/app/_components/format";
import { useTRPCClient } from "@/app/_trpc/client";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { DAYS_SHOWN } from "./week";

const PAGE = 100;
/** As far as a doctor's times can reach. */
const LOOK_AHEAD_DAYS = 90;

const keyOf = (doctorId: string) => ["week-slots", doctorId];

/** All slots of seven days in the viewer's zone, page after page, refreshed while one looks at them. */
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

/** The pages of a range of slots, to its end: a week of five-minute slots has 21. */
async function* pagesOf(
  client: ReturnType<typeof useTRPCClient>,
  range: Range,
  signal: AbortSignal,
) {
  for (let cursor: string | undefined; ; ) {
    const input = { ...range, limit: PAGE, cursor };
    const { items, nextCursor } = await client.availability.slots.query(input, { signal });
    yield items;
    if (!nextCursor) return;
    cursor = nextCursor;
  }
}

/** The first slot of a range that is free, however many taken ones are before it. */
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

/** The first free time after a week, for a week that has none. */
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

/** The slot behind a doctor's soonest free time. Null once another patient has taken it and nothing follows that day. */
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

/** Forgets what is known of a doctor's times, for instance after losing one. */
export function useInvalidateSlots(doctorId: string): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: keyOf(doctorId) });
}
