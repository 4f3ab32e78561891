import { Spoiler, Title } from "@mantine/core";
import { IconBriefcase, IconCertificate, IconLanguage, IconSchool } from "@tabler/icons-react";
import { formatList, formatMoney, formatYears } from "@/app/_components/format";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import type { Doctor } from "@/server/doctors/schema";
import { BookSoonest } from "./BookSoonest";
import classes from "./DoctorHead.module.css";

/** The height of four lines of text, in pixels. */
const FOUR_LINES = 4 * 25.6;

/** Shows a doctor's name, specializations, experience, languages, registration and fee. */
export function DoctorHead({ doctor }: { doctor: Doctor }) {
  const { qualifications } = doctor;
  const facts = [
    ...(qualifications.length > 0
      ? [{ Icon: IconSchool, label: "Qualifications", text: qualifications.join(", ") }]
      : []),
    { Icon: IconBriefcase, label: "Experience", text: formatYears(doctor.yearsOfExperience) },
    { Icon: IconLanguage, label: "Speaks", text: formatList(doctor.languages) },
    { Icon: IconCertificate, label: "Registration no.", text: doctor.registrationNumber },
  ];
  return (
    <header className={classes.head}>
      <InitialsAvatar id={doctor.id} name={doctor.name} size={96} />
      <div className={classes.name}>
        <Title order={1}>{doctor.name}</Title>
        <p className={classes.what}>{doctor.specializations.join(" · ")}</p>
      </div>
      <dl className={classes.facts}>
        {facts.map(({ Icon, label, text }) => (
          <div key={label} className={classes.fact}>
            <dt>
              <Icon size={18} stroke={1.6} aria-hidden /> {label}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.price}>
        <p className={classes.fee}>{formatMoney(doctor.fee)}</p>
        <p className={classes.per}>for one consultation</p>
        <BookSoonest doctor={doctor} />
      </div>
    </header>
  );
}

/** Shows the doctor's introduction. A long text is folded, so that the slots below are easy to reach. */
export function DoctorAbout({ doctor }: { doctor: Doctor }) {
  if (!doctor.bio) return null;
  return (
    <section className={classes.about} aria-labelledby="about">
      <Title order={2} size="h3" id="about">
        About {doctor.name}
      </Title>
      <Spoiler maxHeight={FOUR_LINES} showLabel="Read more" hideLabel="Read less">
        <p>{doctor.bio.replace(/\n+/g, "\n")}</p>
      </Spoiler>
    </section>
  );
}
