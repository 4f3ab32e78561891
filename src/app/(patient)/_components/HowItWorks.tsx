import { Title } from "@mantine/core";
import classes from "./Section.module.css";

const STEPS = [
  {
    title: "Choose a doctor and a time",
    text: "Read who they are, what they treat and what they charge. Free times are shown in your own time zone.",
  },
  {
    title: "Pay while we hold it",
    text: "The time is yours alone while you pay, and we show how long that is. If you change your mind, you owe nothing.",
  },
  {
    title: "Talk to your doctor",
    text: "Once the payment is in, the consultation is confirmed and waits for you under My bookings.",
  },
];

/** Explains the three steps of a booking. */
export function HowItWorks() {
  return (
    <div className={classes.band}>
      <section className={classes.section} id="how-it-works" aria-labelledby="how-title">
        <Title order={2} id="how-title">
          How it works
        </Title>
        <ol className={classes.steps}>
          {STEPS.map(({ title, text }) => (
            <li key={title}>
              <Title order={3}>{title}</Title>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
