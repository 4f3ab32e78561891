"use client";

import { Alert } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Attention as Counts } from "@/server/analytics/schema";
import { TextLink } from "../../_components/LinkButton";
import { useTRPC } from "../../_trpc/client";
import classes from "./Attention.module.css";

const REFRESH_MS = 60_000;

type Notice = { singular: string; plural: string; link?: { href: string; label: string } };

/** The texts follow the count. The link leads to the page that shows details. */
const NOTICES: Record<keyof Counts, Notice> = {
  waitingDoctors: {
    singular: "doctor waits for approval",
    plural: "doctors wait for approval",
    link: { href: "/admin/doctors", label: "See the applications" },
  },
  waitingChanges: {
    singular: "doctor's change of name or registration waits for approval",
    plural: "doctors' changes of name or registration wait for approval",
    link: { href: "/admin/doctors?show=changes", label: "See the changes" },
  },
  mismatchedPayments: {
    singular: "payment has another amount than the price. The gateway holds it: refund it there",
    plural:
      "payments have another amount than the price. The gateway holds them: refund them there",
    link: { href: "/admin/audit?action=payment.mismatched", label: "See which" },
  },
  failedRefunds: {
    singular: "refund could not be paid out by the gateway",
    plural: "refunds could not be paid out by the gateway",
    link: { href: "/admin/audit?action=payment.refund_failed", label: "See which" },
  },
  mismatchedRefunds: {
    singular:
      "refund at the gateway does not fit what was paid or is owed. Compare the payment there with its receipt here",
    plural:
      "refunds at the gateway do not fit what was paid or is owed. Compare the payments there with their receipts here",
    link: { href: "/admin/audit?action=payment.refund_mismatched", label: "See which" },
  },
  refundsByClinic: {
    singular:
      "refund was made by hand at the gateway in the last 7 days. It is recorded, and less can be refunded here",
    plural:
      "refunds were made by hand at the gateway in the last 7 days. They are recorded, and less can be refunded here",
    link: { href: "/admin/audit?action=payment.refunded_at_gateway", label: "See which" },
  },
  unpaidConsultations: {
    singular:
      "consultation is still confirmed, although its whole fee was refunded by hand. If it does not take place, cancel it over the API",
    plural:
      "consultations are still confirmed, although their whole fees were refunded by hand. If they do not take place, cancel them over the API",
    link: { href: "/admin/audit?action=payment.refunded_at_gateway", label: "See the refunds" },
  },
  unfinishedConsultations: {
    singular:
      "consultation was begun and is not completed a day later. Its doctor can complete it, you can cancel it over the API",
    plural:
      "consultations were begun and are not completed a day later. Their doctors can complete them, you can cancel them over the API",
    link: { href: "/admin/audit?action=consultation.started", label: "See which were begun" },
  },
  failedJobs: {
    singular: "job gave up",
    plural: "jobs gave up",
    link: { href: "/admin/jobs?status=FAILED", label: "See what failed" },
  },
  ownerLogins: {
    singular:
      "database login has more rights than the app needs: whoever runs the server can give it one that owns nothing",
    plural: "database logins have more rights than the app needs. Use logins that own nothing",
  },
};

/** Lists what needs an admin's attention, if there is anything. */
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
      // A region instead of Mantine's "alert", because it must not interrupt a screen reader.
      role="region"
      color="turmeric"
      icon={<IconBell aria-hidden />}
      title="This waits for you"
      className={classes.alert}
    >
      <ul className={classes.list}>
        {waiting.map((key) => {
          const { singular, plural, link } = NOTICES[key];
          return (
            <li key={key}>
              {data[key]} {data[key] === 1 ? singular : plural}.{" "}
              {link && <TextLink href={link.href}>{link.label}</TextLink>}
            </li>
          );
        })}
      </ul>
    </Alert>
  );
}
