import { Title } from "@mantine/core";
import {
  IconCertificate,
  IconCurrencyRupee,
  IconLock,
  IconReceiptRefund,
} from "@tabler/icons-react";
import classes from "./Section.module.css";

// Every sentence must describe what the software really does (docs/design.md, "Words").
const GUARANTEES = [
  {
    Icon: IconCertificate,
    title: "Registered doctors only",
    text: "A doctor is listed after the clinic has approved them. Their registration number stands on their page, so that you can look it up yourself.",
  },
  {
    Icon: IconCurrencyRupee,
    title: "The price you see is the price you pay",
    text: "The fee on the doctor’s page is the amount on the bill. No booking fee, no surprise at the end.",
  },
  {
    Icon: IconReceiptRefund,
    title: "Never charged for nothing",
    text: "If a payment arrives after its time was given up, the whole amount goes back to you without your asking.",
  },
  {
    Icon: IconLock,
    title: "Your health stays private",
    text: "What you write about your health is stored encrypted, under a key of its own for each patient.",
  },
];

/** Lists what patients can rely on. */
export function Guarantees() {
  return (
    <section className={classes.section} aria-labelledby="guarantees">
      <Title order={2} id="guarantees">
        What you can rely on
      </Title>
      <ul className={classes.guarantees}>
        {GUARANTEES.map(({ Icon, title, text }) => (
          <li key={title} className={classes.guarantee}>
            <Icon size={28} stroke={1.6} aria-hidden />
            <div>
              <Title order={3}>{title}</Title>
              <p>{text}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
