import { Title } from "@mantine/core";
import Link from "next/link";
import { formatCount } from "../../_components/format";
import { SpecializationIcon } from "../../_components/SpecializationIcon";
import classes from "./Section.module.css";

type Item = { name: string; doctors: number };

/** Lists the specializations of all listed doctors, each with its number of doctors. */
export function Specializations({ items }: { items: Item[] }) {
  if (items.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby="specializations">
      <Title order={2} id="specializations">
        What can we help with?
      </Title>
      <ul className={classes.tiles}>
        {items.map(({ name, doctors }) => (
          <li key={name}>
            <Link
              href={`/doctors?specialization=${encodeURIComponent(name)}`}
              className={classes.tile}
            >
              <SpecializationIcon name={name} size={28} />
              <span>
                <span className={classes.tileName}>{name}</span>
                <span className={classes.tileCount}>
                  {formatCount(doctors)} {doctors === 1 ? "doctor" : "doctors"}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
