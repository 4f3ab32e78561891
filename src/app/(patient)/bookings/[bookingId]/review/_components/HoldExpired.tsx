import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { LinkButton } from "@/app/_components/LinkButton";
import type { Booking } from "@/server/bookings/schema";

type Props = { booking: Booking; hasBegun: boolean };

/** Explains why the hold ended and what happened to the money. */
function textOf({ booking: { doctor, payment }, hasBegun }: Props): string {
  const why = hasBegun
    ? "It was not paid before it started, so it cannot be booked any more."
    : "The hold ran out before it was paid, so it is no longer yours.";
  const money = ["PENDING", "FAILED"].includes(payment.status)
    ? "You have not been charged."
    : "A payment came after that. All of it goes back to you.";
  const other = hasBegun ? "another time" : "it or another time still";
  return `${why} ${money} ${doctor.name} may have ${other} free.`;
}

/** Tells the patient that the hold has ended, and offers to choose another slot. */
export function HoldExpired(props: Props) {
  const { doctor } = props.booking;
  return (
    <div role="status">
      <EmptyNotice heading={1} title="We had to let this time go" text={textOf(props)}>
        <LinkButton href={`/doctors/${doctor.id}`}>Pick another time</LinkButton>
        <LinkButton href="/bookings" variant="default">
          My bookings
        </LinkButton>
      </EmptyNotice>
    </div>
  );
}
