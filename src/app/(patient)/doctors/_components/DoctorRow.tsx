import { Button, Skeleton, Title } from "@mantine/core";
import { formatList, formatMoney, formatYears } from "@/app/_components/format";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { RowLink } from "@/app/_components/RowLink";
import { When } from "@/app/_components/When";
import type { DoctorCard } from "@/server/doctors/schema";
import classes from "./DoctorRow.module.css";

/** Shows one doctor in the list. The whole card links to the doctor and is one tab stop. */
export function DoctorRow({ doctor }: { doctor: DoctorCard }) {
  return (
    <article className={classes.row}>
      <InitialsAvatar id={doctor.id} name={doctor.name} size={64} />
      <div className={classes.who}>
        <Title order={2} size="h3">
          <RowLink href={`/doctors/${doctor.id}`}>{doctor.name}</RowLink>
        </Title>
        <p className={classes.what}>{doctor.specializations.join(" · ")}</p>
        <p className={classes.detail}>
          {formatYears(doctor.yearsOfExperience)} of experience · speaks{" "}
          {formatList(doctor.languages)}
        </p>
        <p className={classes.detail}>Registration no. {doctor.registrationNumber}</p>
      </div>
      <div className={classes.offer}>
        <p className={classes.fee}>{formatMoney(doctor.fee)}</p>
        <p className={classes.next}>
          {doctor.nextAvailableAt ? (
            <>
              Next free <When at={doctor.nextAvailableAt} as="soon" />
            </>
          ) : (
            <span className={classes.none}>No free times yet</span>
          )}
        </p>
        <Button component="span" aria-hidden variant="light" className={classes.button}>
          See times
        </Button>
      </div>
    </article>
  );
}

/** The skeleton of a row. */
export function DoctorRowSkeleton() {
  return (
    <div className={classes.row} aria-hidden>
      <Skeleton circle height={64} />
      <div className={classes.who}>
        <Skeleton height={20} width="45%" />
        <Skeleton height={14} width="30%" mt={10} />
        <Skeleton height={14} width="70%" mt={10} />
      </div>
      <div className={classes.offer}>
        <Skeleton height={20} width={70} />
        <Skeleton height={42} width={130} mt={18} />
      </div>
    </div>
  );
}
