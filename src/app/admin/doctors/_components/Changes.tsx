"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import type { ChangeView } from "@/server/doctors/schema";
import { Rows } from "../../_components/Rows";
import { ChangeFile } from "./ChangeFile";
import { ApproveChange, RejectChange } from "./DecideChange";

const NONE = {
  title: "No change waits",
  text: "A doctor who changes name or registration stands here until you have decided.",
};

/** Lists the changes of approved details that wait for a decision. */
export function Changes() {
  const trpc = useTRPC();
  const [approving, approve] = useState<ChangeView | null>(null);
  const [rejecting, reject] = useState<ChangeView | null>(null);
  const query = useInfiniteQuery(
    trpc.doctors.changes.infiniteQueryOptions(
      { status: "PENDING", limit: 20 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  return (
    <>
      <Rows
        query={query}
        what="changes"
        empty={NONE}
        row={(change) => (
          <ChangeFile
            change={change}
            onApprove={() => approve(change)}
            onReject={() => reject(change)}
          />
        )}
      />
      <ApproveChange change={approving} onClose={() => approve(null)} />
      <RejectChange change={rejecting} onClose={() => reject(null)} />
    </>
  );
}
