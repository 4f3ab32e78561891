import { formatDuration } from "@/app/_components/format";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { StatusBadge } from "@/app/_components/StatusBadge";
import { When } from "@/app/_components/When";
import type { DoctorBooking } from "@/server/bookings/schema";
import classes from "./AppointmentRow.module.css";

/** "34 years, female"; only what is known. */
function personalData({ age, gender }: DoctorBooking["patient"]): string {
  return [age === null ? "" : `${age} ${age === 1 ? "year" : "years"}`, gender ?? ""]
    .filter(Boolean)
    .join(", ");
}

/** Shows one consultation: its time, patient, status and reason. */
export function AppointmentRow({ booking }: { booking: DoctorBooking }) {
  const { patient, startsAt, endsAt, status, reason, reasonWithheld } = booking;
  return (
    <article className={classes.row} data-status={status}>
      <div className={classes.time}>
        <p className={classes.start}>
          <When at={startsAt} as="time" />
        </p>
        <p className={classes.length}>{formatDuration(startsAt, endsAt)}</p>
      </div>
      <InitialsAvatar id={patient.id} name={patient.name} size={44} />
      <div className={classes.who}>
        <h3 className={classes.name}>{patient.name}</h3>
        <p className={classes.personal}>{personalData(patient) || "Age and gender not given"}</p>
        {reason ? <p className={classes.reason}>{reason}</p> : null}
        {reasonWithheld ? (
          <p className={classes.personal}>
            What it is about is not shown: the patient has not agreed to online consultations, or
            has taken the agreement back.
          </p>
        ) : null}
      </div>
      <div className={classes.status}>
        <StatusBadge booking={booking} toDoctor />
      </div>
    </article>
  );
}
