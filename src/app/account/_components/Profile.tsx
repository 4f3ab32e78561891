"use client";

import { useQuery } from "@tanstack/react-query";
import type { Me } from "@/server/accounts/schema";
import { Panel } from "../../_components/Panel";
import { useTRPC } from "../../_trpc/client";
import { ProfileForm } from "./ProfileForm";

/** Shows the user's own details in a form. */
export function Profile({ initial }: { initial: Me }) {
  const trpc = useTRPC();
  const { data: me } = useQuery(trpc.me.get.queryOptions(undefined, { initialData: initial }));
  return (
    <Panel title="Your details" text="Your phone, date of birth and gender are kept encrypted.">
      <ProfileForm me={me} />
    </Panel>
  );
}
