import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Facts } from "@/app/_components/Facts";
import { When } from "@/app/_components/When";
import classes from "../../_components/Rows.module.css";
import { actionWords } from "./actions";
import { type Entry, moneyOf, sentenceOf } from "./sentences";

/** A filter that was chosen in a row: the entries by one actor or about one entity. */
export type Focus = { actorId?: string; entityId?: string; label: string };

/** Shows one entry: what happened to whom, who did it, and when. Ids are in the folded details. */
export function AuditRow({ entry, onFocus }: { entry: Entry; onFocus: (focus: Focus) => void }) {
  const { actorId, entityId, entityType, subject } = entry;
  const who = entry.actorName ?? (actorId ? "An account that is gone" : "The system");
  return (
    <article>
      <div className={classes.row}>
        <div className={classes.main}>
          <p className={classes.name}>{sentenceOf(entry)}</p>
          <p className={classes.quiet}>
            {actorId ? `By ${who}, ${entry.actorRole}` : `By ${who.toLowerCase()}`}
            {subject?.startsAt ? <Visit subject={subject} startsAt={subject.startsAt} /> : null}
          </p>
        </div>
        <p className={classes.quiet}>
          <When at={entry.at} as="dayTime" />
        </p>
      </div>
      <details className={classes.details}>
        <summary>Details and ids</summary>
        <Facts facts={factsOf(entry)} />
        <Group gap="sm" mt="xs" mb="xs">
          {actorId ? (
            <Button
              variant="default"
              size="sm"
              onClick={() => onFocus({ actorId, label: `by ${who}` })}
            >
              Only what they did
            </Button>
          ) : null}
          <Button
            variant="default"
            size="sm"
            onClick={() => onFocus({ entityId, label: `about this ${entityType}` })}
          >
            Only about this {entityType}
          </Button>
        </Group>
      </details>
    </article>
  );
}

function Visit({
  subject,
  startsAt,
}: {
  subject: NonNullable<Entry["subject"]>;
  startsAt: string;
}) {
  return (
    <>
      {subject.bookingId ? " · visit of " : " · "}
      <When at={startsAt} as="dayTime" />
      {subject.bookingId && subject.doctorName ? ` with ${subject.doctorName}` : ""}
    </>
  );
}

function factsOf(entry: Entry): Array<[string, ReactNode]> {
  const details = Object.entries(entry.detail).map(([name, value]): [string, ReactNode] => [
    actionWords(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()),
    name === "amount" ? (moneyOf(value) ?? inWords(value)) : inWords(value),
  ]);
  const booking = entry.subject?.bookingId;
  return [
    ["Action", actionWords(entry.action)],
    ...details,
    ["About", `${entry.entityType} ${entry.entityId}`],
    ...(booking && booking !== entry.entityId ? [["Booking", booking] as [string, string]] : []),
    ["Time in UTC", entry.at],
    ["Request", entry.requestId ?? "none"],
    ["Entry", entry.id],
    ["Hash", entry.hash],
    ["Hash before it", entry.prevHash],
  ];
}

const ISO = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function inWords(value: unknown): ReactNode {
  if (typeof value === "string") return ISO.test(value) ? <When at={value} as="dayTime" /> : value;
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}
