"use client";

import { Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { useTRPC } from "@/app/_trpc/client";
import type { Role, User } from "@/server/accounts/schema";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { type AccessChange, ManageDialog } from "./ManageDialog";
import { PersonRow } from "./PersonRow";

const ROLES: Array<{ value: Role; label: string }> = [
  { value: "patient", label: "Patients" },
  { value: "doctor", label: "Doctors" },
  { value: "admin", label: "Admins" },
];
const STATUSES: Array<{ value: User["status"]; label: string }> = [
  { value: "ACTIVE", label: "With access" },
  { value: "SUSPENDED", label: "Suspended" },
];

const filtersShape = z.object({
  text: z.string(),
  role: z.enum(["patient", "doctor", "admin"]).nullable(),
  status: z.enum(["ACTIVE", "SUSPENDED"]).nullable(),
});

/** Finds accounts and changes their access. */
export function People({ myId }: { myId: string }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 350);
  const [role, setRole] = useState<Role | null>(null);
  const [status, setStatus] = useState<User["status"] | null>(null);
  const isFiltered = text !== "" || role !== null || status !== null;
  useDraft("people", isFiltered ? { text, role, status } : null, filtersShape, (restored) => {
    setText(restored.text);
    setRole(restored.role);
    setStatus(restored.status);
  });
  const [change, setChange] = useState<AccessChange | null>(null);
  const query = useInfiniteQuery(
    trpc.people.list.infiniteQueryOptions(
      {
        limit: 25,
        q: q || undefined,
        role: role ?? undefined,
        status: status ?? undefined,
      },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
      },
    ),
  );
  return (
    <>
      <p className={classes.intro}>
        Newest first. What you change here holds from the person's very next click.
      </p>
      <search className={classes.filters}>
        <TextInput
          type="search"
          label="Search"
          placeholder="Name or email"
          leftSection={<IconSearch size={18} aria-hidden />}
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          label="Role"
          placeholder="Any role"
          data={ROLES}
          value={role}
          onChange={(value) => setRole(value as Role | null)}
          clearable
          clearButtonProps={{ "aria-label": "Clear: Role" }}
        />
        <Select
          label="Access"
          placeholder="With or without"
          data={STATUSES}
          value={status}
          onChange={(value) => setStatus(value as User["status"] | null)}
          clearable
          clearButtonProps={{ "aria-label": "Clear: Access" }}
        />
      </search>
      <Rows
        query={query}
        what="people"
        empty={{
          title: "Nobody matches all of that",
          text: "Try a part of the name, or take a filter away.",
        }}
        row={(person) => (
          <PersonRow person={person} isMe={person.id === myId} onChoose={setChange} />
        )}
      />
      <ManageDialog change={change} onClose={() => setChange(null)} />
    </>
  );
}
