import { Button, Group } from "@mantine/core";
import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/root";
import { Facts } from "../../../_components/Facts";
import { When } from "../../../_components/When";
import classes from "../../_components/Rows.module.css";
import { actionWords } from "./actions";

type Entry = inferRouterOutputs<AppRouter>["audit"]["list"]["items"][number];

/** Whose entries, or about what: chosen in a row. */
export type Focus = { actorId?: string; entityId?: string; label: string };

/** One entry: who did what in two lines, the rest folded away. */
export function AuditRow({ entry, onFocus }: { entry: Entry; onFocus: (focus: Focus) => void }) {
  const { actorId, entityId, entityType } = entry;
  const who = entry.actorName ?? (actorId ? "An account that is gone" : "The system");
  return (
    <article>
      <div className={classes.row}>
        <div className={classes.main}>
          <p className={classes.name}>{actionWords(entry.action)}</p>
          <p className={classes.quiet}>{actorId ? `${who}, ${entry.actorRole}` : who}</p>
        </div>
        <p className={classes.quiet}>
          <When at={entry.at} as="dayTime" />
        </p>
      </div>
      <details className={classes.details}>
        <summary>Details</summary>
        <Facts
          facts={[
            ["About", `${entityType} ${entityId}`],
            ...Object.entries(entry.detail).map(([name, value]): [string, string] => [
              actionWords(name),
              inWords(value),
            ]),
            ["Exactly", entry.at],
            ["Request", entry.requestId ?? "none"],
            ["Entry", entry.id],
            ["Its mark", entry.hash],
            ["Mark before it", entry.prevHash],
          ]}
        />
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

const inWords = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
