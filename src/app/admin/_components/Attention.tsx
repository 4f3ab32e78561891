"use client";

import { Alert } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Attention as Counts } from "@/server/analytics/schema";
import { TextLink } from "../../_components/LinkButton";
import { useTRPC } from "../../_trpc/client";
import classes from "./Attention.module.css";

const REFRESH_MS = 60_000;

type Notice = { one: string; more: string; link?: { href: string; do: string } };

/** Each with its number in front, and where one sees to it. */
const NOTICES: Record<keyof Counts, Notice> = {
  waitingDoctors: {
    one: "doctor waits for approval",
    more: "doctors wait for approval",
    link: { href: "/admin/doctors", do: "See the applications" },
  },
  mismatchedPayments: {
    one: "payment came in with another amount than the price. It is at the gateway: give it back there",
    more: "payments came in with another amount than the price. They are at the gateway: give them back there",
    link: { href: "/admin/audit?action=payment.mismatched", do: "See which" },
  },
  failedRefunds: {
    one: "refund could not be paid out by the gateway",
    more: "refunds could not be paid out by the gateway",
    link: { href: "/admin/audit?action=payment.refund_failed", do: "See which" },
  },
  mismatchedRefunds: {
    one: "refund at the gateway does not fit what was paid or is owed. Compare the payment there with its receipt here",
    more: "refunds at the gateway do not fit what was paid or is owed. Compare the payments there with their receipts here",
    link: { href: "/admin/audit?action=payment.refund_mismatched", do: "See which" },
  },
  refundsByClinic: {
    one: "refund was made by hand at the gateway in the last 7 days. It is recorded, and less can be refunded here",
    more: "refunds were made by hand at the gateway in the last 7 days. They are recorded, and less can be refunded here",
    link: { href: "/admin/audit?action=payment.refunded_at_gateway", do: "See which" },
  },
  unpaidConsultations: {
    one: "consultation is still confirmed, and all of its fee went back by hand. If it shall not take place, cancel it over the API",
    more: "consultations are still confirmed, and all of their fees went back by hand. If they shall not take place, cancel them over the API",
    link: { href: "/admin/audit?action=payment.refunded_at_gateway", do: "See the refunds" },
  },
  unfinishedConsultations: {
    one: "consultation was begun and is not completed a day later. Its doctor can complete it, you can cancel it over the API",
    more: "consultations were begun and are not completed a day later. Their doctors can complete them, you can cancel them over the API",
    link: { href: "/admin/audit?action=consultation.started", do: "See which were begun" },
  },
  failedJobs: {
    one: "job gave up",
    more: "jobs gave up",
    link: { href: "/admin/jobs?status=FAILED", do: "See what failed" },
  },
  ownerLogins: {
    one: "database login has more rights than the app needs: whoever runs the server can give it one that owns nothing",
    more: "database logins have more rights than the app needs. Use logins that own nothing",
  },
};

/** What waits for an admin; nothing at all where nothing does. */
export function Attention() {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.analytics.attention.queryOptions(undefined, { refetchInterval: REFRESH_MS }),
  );
  if (!data) return null;
  const waiting = (Object.keys(NOTICES) as Array<keyof Counts>).filter((key) => data[key] > 0);
  if (waiting.length === 0) return null;
  return (
    <Alert
      // Nothing has just happened: it is there to be found, not to be called out.
      role="region"
      color="turmeric"
      icon={<IconBell aria-hidden />}
      title="This waits for you"
      className={classes.alert}
    >
      <ul className={classes.list}>
        {waiting.map((key) => {
          const { one, more, link } = NOTICES[key];
          return (
            <li key={key}>
              {data[key]} {data[key] === 1 ? one : more}.{" "}
              {link && <TextLink href={link.href}>{link.do}</TextLink>}
            </li>
          );
        })}
      </ul>
    </Alert>
  );
}
