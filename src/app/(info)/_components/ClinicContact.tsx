import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Facts } from "../../_components/Facts";
import { clinic } from "../../_trpc/server";

/** Shows the clinic's contact data as configured. Data that is not configured is left out. */
export function ClinicContact() {
  const { name, email, phone, address } = clinic();
  const facts: Array<[string, ReactNode]> = [["Clinic", name]];
  if (email) {
    const link = <Anchor href={`mailto:${email}`}>{email}</Anchor>;
    facts.push(["Email", link]);
  }
  if (phone) {
    const link = <Anchor href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</Anchor>;
    facts.push(["Phone", link]);
  }
  if (address) facts.push(["Address", address]);
  return <Facts facts={facts} />;
}
