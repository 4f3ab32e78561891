import { Button, Group } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import type { ApplicationView } from "@/server/doctors/schema";
import { Facts } from "../../../_components/Facts";
import { formatDate, formatList, formatMoney, formatYears } from "../../../_components/format";
import { InitialsAvatar } from "../../../_components/InitialsAvatar";
import { When } from "../../../_components/When";
import { Mark } from "../../_components/Mark";
import classes from "../../_components/Rows.module.css";

type Props = { application: ApplicationView; onApprove: () => void; onDecline: () => void };

/** Everything that one decides by, open where a decision waits. */
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
        <State application={application} />
      </div>
      {status === "PENDING" ? (
        <div className={classes.open}>
          <FileFacts application={application} />
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
          <FileFacts application={application} />
        </details>
      )}
    </article>
  );
}

function FileFacts({ application }: { application: ApplicationView }) {
  const { registrationExpiresOn: until, rejectionReason } = application;
  const because: Array<[string, string]> = rejectionReason
    ? [["Turned down because", rejectionReason]]
    : [];
  return (
    <Facts
      facts={[
        ...because,
        ["Registration no.", application.registrationNumber],
        ["Council", application.council ?? "Not given"],
        ["Registered until", until ? formatDate(until) : "Not given"],
        ["Specializations", formatList(application.specializations)],
        ["Languages", formatList(application.languages)],
        ["Experience", formatYears(application.yearsOfExperience)],
        ["Fee", formatMoney(application.fee)],
        ["About", application.bio || "Nothing"],
      ]}
    />
  );
}

function State({ application }: { application: ApplicationView }) {
  const { status, registrationExpiresOn: until } = application;
  if (status === "PENDING") {
    return (
      <Mark color="turmeric" Icon={IconClock}>
        Waits for you
      </Mark>
    );
  }
  if (status === "REJECTED") {
    return (
      <Mark color="slate" Icon={IconX}>
        Turned down
      </Mark>
    );
  }
  const lapsed = !until || Date.parse(until) < Date.now();
  return lapsed ? (
    <Mark color="clay" Icon={IconAlertTriangle}>
      Registration ran out
    </Mark>
  ) : (
    <Mark color="leaf" Icon={IconCheck}>
      Approved
    </Mark>
  );
}
