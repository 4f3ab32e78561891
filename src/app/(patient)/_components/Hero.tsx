import { Title } from "@mantine/core";
import Image from "next/image";
import type { DoctorCard } from "@/server/doctors/schema";
import { DoctorSearch } from "../../_components/DoctorSearch";
import classes from "./Hero.module.css";
import { SoonestDoctors } from "./SoonestDoctors";

/** The top of the home page: an introduction, the search, and the doctors with the soonest free slots. */
export function Hero({ soonest }: { soonest: DoctorCard[] }) {
  return (
    <section className={classes.hero}>
      <Image
        src="/branch.svg"
        alt=""
        width={520}
        height={560}
        className={classes.branch}
        unoptimized
        priority
      />
      <div className={classes.inner} data-alone={soonest.length === 0 || undefined}>
        <div className={classes.lead}>
          <Title order={1} className={classes.headline}>
            A doctor who has time for you
          </Title>
          <p className={classes.text}>
            Find a registered doctor, choose a time that suits you and talk to them from home. You
            see the price before you book, and nothing is added to it.
          </p>
          <DoctorSearch />
        </div>
        <SoonestDoctors doctors={soonest} />
      </div>
    </section>
  );
}
