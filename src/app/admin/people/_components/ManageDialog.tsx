"use client";

import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { useTRPC } from "@/app/_trpc/client";
import type { Role, User } from "@/server/accounts/schema";

export const ROLE_NAMES: Record<Role, string> = {
  patient: "Patient",
  doctor: "Doctor",
  admin: "Admin",
};

/** A change of a person's access that an admin has chosen and not confirmed yet. */
export type AccessChange =
  | { kind: "suspend"; person: User }
  | { kind: "reactivate"; person: User }
  | { kind: "factor"; person: User }
  | { kind: "role"; person: User; role: Role };

const WHY = { label: "Why?", description: "It goes into the audit log, where admins read it." };

const NOT_POSSIBLE =
  "That is not possible, or somebody did it a moment ago. Only someone with an approved registration can be a doctor.";

/** Asks for confirmation and a reason before a person's access changes. */
export function ManageDialog({
  change,
  onClose,
}: {
  change: AccessChange | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const done = (message: (user: User) => string) => async (user: User) => {
    await queries.invalidateQueries({ queryKey: trpc.people.pathKey() });
    onClose();
    notifications.show({ message: message(user) });
  };
  const suspend = useMutation(
    trpc.people.suspend.mutationOptions({ onSuccess: done(({ name }) => `${name} is suspended`) }),
  );
  const reactivate = useMutation(
    trpc.people.reactivate.mutationOptions({
      onSuccess: done(({ name }) => `${name} has access again`),
    }),
  );
  const changeRole = useMutation(
    trpc.people.changeRole.mutationOptions({
      onSuccess: done(({ name, role }) => `${name} is now: ${ROLE_NAMES[role].toLowerCase()}`),
    }),
  );
  const resetFactor = useMutation(
    trpc.people.resetFactor.mutationOptions({
      onSuccess: done(({ name }) => `${name} signs in without a code until they set one up again`),
    }),
  );
  const all = [suspend, reactivate, resetFactor, changeRole];
  function close() {
    for (const mutation of all) mutation.reset();
    onClose();
  }
  function confirm(reason: string) {
    if (!change) return;
    const { id } = change.person;
    if (change.kind === "suspend") suspend.mutate({ id, reason });
    if (change.kind === "reactivate") reactivate.mutate({ id, reason });
    if (change.kind === "factor") resetFactor.mutate({ id, reason });
    if (change.kind === "role") changeRole.mutate({ id, role: change.role, reason });
  }
  const texts = textsOf(change);
  return (
    <ConfirmDialog
      opened={change !== null}
      onClose={close}
      title={texts.title}
      confirm={texts.confirm}
      destructive={change?.kind === "suspend" || change?.kind === "factor"}
      busy={all.some(({ isPending }) => isPending)}
      error={all.find(({ error }) => error)?.error}
      failed="Nothing is changed yet"
      words={{ ILLEGAL_TRANSITION: NOT_POSSIBLE }}
      why={WHY}
      onConfirm={confirm}
    >
      <Text>{texts.text}</Text>
    </ConfirmDialog>
  );
}

function textsOf(change: AccessChange | null): { title: string; text: string; confirm: string } {
  if (!change) return { title: "", text: "", confirm: "" };
  const { name } = change.person;
  if (change.kind === "suspend") {
    return {
      title: `Suspend ${name}?`,
      text: "They are signed out everywhere at once and cannot sign in. What they booked stays booked.",
      confirm: "Suspend",
    };
  }
  if (change.kind === "reactivate") {
    return {
      title: `Give ${name} access again?`,
      text: "They can sign in again with the password that they had.",
      confirm: "Give access back",
    };
  }
  if (change.kind === "factor") {
    return {
      title: `Reset two-step sign-in of ${name}?`,
      text: "Do this only once you are sure who asked for it. They are signed out everywhere, told by mail, and sign in with the password alone until they set it up again.",
      confirm: "Reset",
    };
  }
  const role = ROLE_NAMES[change.role].toLowerCase();
  return {
    title: `Make ${name} ${change.role === "admin" ? "an" : "a"} ${role}?`,
    text: `Now: ${ROLE_NAMES[change.person.role].toLowerCase()}. They are signed out everywhere at once, and come back as ${role}.${
      change.role === "admin" ? " An admin sees everybody's accounts and the audit log." : ""
    }`,
    confirm: `Make ${role}`,
  };
}
