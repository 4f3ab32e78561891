import { Button, Group } from "@mantine/core";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { RegistrationFacts, RegistrationMark } from "@/app/_components/RegistrationFacts";
import { When } from "@/app/_components/When";
import type { ApplicationView } from "@/server/doctors/schema";
import classes from "../../_components/Rows.module.css";

type Props = { application: ApplicationView; onApprove: () => void; onDecline: () => void };

/** Shows an application. It is open while it waits for a decision. */
export function DoctorFile({ application, onApprove, onDecline }: Props) {
  const { name, status } = application;
  return (
    <article>
      <div className={classes.row}>
        <InitialsAvatar id={application.id} name={name} size={44} />
        <div className={classes.main}>
          <p className={classes.name}>{name}</p>
          <p className={classes.quiet}>{application.email}</p>
          <p className={classes.quiet}>
            Applied <When at={application.createdAt} as="soon" />
          </p>
        </div>
        <RegistrationMark application={application} pending="Waits for you" />
      </div>
      {status === "PENDING" ? (
        <div className={classes.open}>
          <RegistrationFacts application={application} />
          <Group gap="sm" mt="md">
            <Button onClick={onApprove} aria-label={`Approve ${name}`}>
              Approve…
            </Button>
            <Button variant="default" onClick={onDecline} aria-label={`Turn down ${name}`}>
              Turn down…
            </Button>
          </Group>
        </div>
      ) : (
        <details className={classes.details}>
          <summary>Show the file</summary>
          <RegistrationFacts application={application} />
        </details>
      )}
    </article>
  );
}
