import type { SomeDetails } from "@/server/doctors/schema";
import classes from "./DetailChanges.module.css";
import { formatDate } from "./format";

const LABELS: Record<keyof SomeDetails, string> = {
  name: "Name",
  registrationNumber: "Registration no.",
  council: "Council",
  registrationExpiresOn: "Registered until",
};

/** Shows approved details before and after a change, beside each other. */
export function DetailChanges({
  before,
  after,
  beforeLabel = "Now",
  afterLabel = "New",
}: {
  before: SomeDetails;
  after: SomeDetails;
  beforeLabel?: string;
  afterLabel?: string;
}) {
  const words = (details: SomeDetails, field: keyof SomeDetails) => {
    const value = details[field];
    if (!value) return "Not given";
    return field === "registrationExpiresOn" ? formatDate(value) : value;
  };
  const fields = Object.keys(LABELS) as Array<keyof SomeDetails>;
  return (
    <dl className={classes.list}>
      {fields
        .filter((field) => after[field] !== undefined)
        .map((field) => (
          <div key={field} className={classes.row}>
            <dt>{LABELS[field]}</dt>
            <dd>
              <span className={classes.label}>{beforeLabel}</span>
              {words(before, field)}
            </dd>
            <dd className={classes.new}>
              <span className={classes.label}>{afterLabel}</span>
              {words(after, field)}
            </dd>
          </div>
        ))}
    </dl>
  );
}
