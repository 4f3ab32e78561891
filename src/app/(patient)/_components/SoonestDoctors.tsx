import { Title } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import Link from "next/link";
import type { DoctorCard } from "@/server/doctors/schema";
import { formatMoney } from "../../_components/format";
import { InitialsAvatar } from "../../_components/InitialsAvatar";
import { LinkPressed } from "../../_components/LinkPressed";
import { When } from "../../_components/When";
import classes from "./SoonestDoctors.module.css";

/** Lists the doctors with the soonest free slots. It shows nothing if the list is empty. */
export function SoonestDoctors({ doctors }: { doctors: DoctorCard[] }) {
  if (doctors.length === 0) return null;
  return (
    <div className={classes.panel}>
      <Title order={2} size="h3" className={classes.title}>
        Free soonest
      </Title>
      <ul className={classes.list}>
        {doctors.map((doctor) => (
          <li key={doctor.id}>
            <Link href={`/doctors/${doctor.id}`} className={classes.doctor}>
              <InitialsAvatar id={doctor.id} name={doctor.name} size={48} />
              <span className={classes.who}>
                <span className={classes.name}>{doctor.name}</span>
                <span className={classes.what}>
                  {doctor.specializations[0]} · {formatMoney(doctor.fee)}
                </span>
                {doctor.nextAvailableAt ? (
                  <span className={classes.next}>
                    Next free <When at={doctor.nextAvailableAt} as="soon" />
                  </span>
                ) : null}
              </span>
              <IconChevronRight size={20} aria-hidden className={classes.arrow} />
              <LinkPressed />
            </Link>
          </li>
        ))}
      </ul>
      <Link href="/doctors" className={classes.all}>
        See all doctors
      </Link>
    </div>
  );
}
