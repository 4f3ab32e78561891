import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { addDays, startOfDay } from "../../../../_components/format";
import { useTRPCClient } from "../../../../_trpc/client";
import { DAYS_SHOWN } from "./week";

const PAGE = 100;
/** A week of five-minute slots still fits; beyond it something is wrong and a partial week is better than none. */
const MAX_PAGES = 20;
const LOOK_AHEAD_DAYS = 60;

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
        limit: PAGE,
      };
      const slots: Slot[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await client.availability.slots.query({ ...range, cursor }, { signal });
        slots.push(...answer.items);
        if (!answer.nextCursor) break;
        cursor = answer.nextCursor;
      }
      return slots;
    },
  });
}

/** The first free time after a week, for a week that has none. */
export function useNextFree(doctorId: string, after: string, zone: string, enabled: boolean) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: [...keyOf(doctorId), "next", after, zone],
    enabled,
    queryFn: async ({ signal }): Promise<Slot | null> => {
      const range = {
        doctorId,
        from: startOfDay(after, zone),
        to: startOfDay(addDays(after, LOOK_AHEAD_DAYS), zone),
        limit: PAGE,
      };
      const { items } = await client.availability.slots.query(range, { signal });
      return items.find(({ status }) => status === "AVAILABLE") ?? null;
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
    queryFn: async ({ signal }): Promise<Slot | null> => {
      const range = { doctorId, from: nextAvailableAt ?? undefined, limit: PAGE };
      const { items } = await client.availability.slots.query(range, { signal });
      return items.find(({ status }) => status === "AVAILABLE") ?? null;
    },
  });
}

/** Forgets what is known of a doctor's times, for instance after losing one. */
export function useForgetSlots(doctorId: string): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: keyOf(doctorId) });
}
