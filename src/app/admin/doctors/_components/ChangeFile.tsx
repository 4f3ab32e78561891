import { Button, Group } from "@mantine/core";
import { DetailChanges } from "@/app/_components/DetailChanges";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { When } from "@/app/_components/When";
import type { ChangeView } from "@/server/doctors/schema";
import classes from "../../_components/Rows.module.css";

type Props = { change: ChangeView; onApprove: () => void; onReject: () => void };

/** Shows the old and the new values of a change beside each other, and the two decisions. */
export function ChangeFile({ change, onApprove, onReject }: Props) {
  const { doctorName: name } = change;
  return (
    <article>
      <div className={classes.row}>
        <InitialsAvatar id={change.doctorId} name={name} size={44} />
        <div className={classes.main}>
          <p className={classes.name}>{name}</p>
          <p className={classes.quiet}>{change.email}</p>
          <p className={classes.quiet}>
            Asked <When at={change.requestedAt} as="soon" />
          </p>
        </div>
      </div>
      <div className={classes.open}>
        <DetailChanges before={change.before} after={change.after} />
        <Group gap="sm" mt="md">
          <Button onClick={onApprove} aria-label={`Approve the change of ${name}`}>
            Approve…
          </Button>
          <Button
            variant="default"
            onClick={onReject}
            aria-label={`Turn down the change of ${name}`}
          >
            Turn down…
          </Button>
        </Group>
      </div>
    </article>
  );
}
