"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import type { Slot } from "@/server/availability/schema";

type Picked = { slot: Slot | null; pick: (slot: Slot | null) => void };

const Context = createContext<Picked>({ slot: null, pick: () => undefined });

/** Holds the chosen time of a doctor's page, which both its head and its list of times can set. */
export function PickedSlot({ children }: { children: ReactNode }) {
  const [slot, pick] = useState<Slot | null>(null);
  return <Context value={{ slot, pick }}>{children}</Context>;
}

/** The chosen time and how to change it. */
export const usePickedSlot = (): Picked => useContext(Context);
