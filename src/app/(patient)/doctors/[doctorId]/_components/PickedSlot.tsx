"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import type { Slot } from "@/server/availability/schema";

type Picked = { slot: Slot | null; pick: (slot: Slot | null) => void };

const Context = createContext<Picked>({ slot: null, pick: () => undefined });

/** Provides the chosen slot of a doctor's page. Both the header and the slot picker can set it. */
export function PickedSlot({ children }: { children: ReactNode }) {
  const [slot, pick] = useState<Slot | null>(null);
  return <Context value={{ slot, pick }}>{children}</Context>;
}

/** Returns the chosen slot and the function that changes it. */
export const usePickedSlot = (): Picked => useContext(Context);
