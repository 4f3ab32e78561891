import { EmptyNotice } from "../../../../../_components/EmptyNotice";
import { LinkButton } from "../../../../../_components/LinkButton";

/** The hold is over: what that means, what it did not cost, and the way on. */
export function Expired({ doctor }: { doctor: { id: string; name: string } }) {
  return (
    <div role="status">
      <EmptyNotice
        heading={1}
        title="We had to let this time go"
        text={`The hold ran out before it was paid, so others can take it now. You have not been charged. ${doctor.name} may have it or another time still free.`}
      >
        <LinkButton href={`/doctors/${doctor.id}`}>Pick another time</LinkButton>
        <LinkButton href="/bookings" variant="default">
          My bookings
        </LinkButton>
      </EmptyNotice>
    </div>
  );
}
