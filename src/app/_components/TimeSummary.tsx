import { formatDuration, formatMoney, type Money } from "./format";
import { InitialsAvatar } from "./InitialsAvatar";
import classes from "./TimeSummary.module.css";
import { When } from "./When";

/** Shows the doctor and the time of a slot or booking. */
export function TimeSummary({
  doctor,
  startsAt,
  endsAt,
  price,
}: {
  doctor: { id: string; name: string; specializations: string[] };
  startsAt: string;
  endsAt: string;
  /** Omit it where the page shows the price elsewhere. */
  price?: Money;
}) {
  return (
    <div className={classes.summary}>
      <InitialsAvatar id={doctor.id} name={doctor.name} size={56} />
      <div>
        <p className={classes.name}>{doctor.name}</p>
        <p className={classes.what}>{doctor.specializations.join(" · ")}</p>
        <p className={classes.when}>
          <When at={startsAt} as="longDay" />
          <br />
          <When at={startsAt} until={endsAt} as="range" />
        </p>
        <p className={classes.length}>{formatDuration(startsAt, endsAt)}, online</p>
        {price ? <p className={classes.price}>{formatMoney(price)}</p> : null}
      </div>
    </div>
  );
}
