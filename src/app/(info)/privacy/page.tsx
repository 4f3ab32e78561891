import type { Metadata } from "next";
import { TextLink } from "../../_components/LinkButton";
import { clinic } from "../../_trpc/server";
import { TextPage, TextSection } from "../_components/TextPage";

export const metadata: Metadata = { title: "Privacy", description: "What is kept about you." };

// Every sentence describes what the software does. Change the text together with the software.

/** The privacy notice. */
export default function PrivacyPage() {
  const { name } = clinic();
  return (
    <TextPage
      title="Privacy"
      lead={`What ${name} keeps about you, who reads it, and what you can do about it.`}
    >
      <TextSection title="What we keep">
        <ul>
          <li>Your name, email address and time zone, so that you have an account.</li>
          <li>
            Your phone number, date of birth and gender, if you give them. They are stored
            encrypted, under a key of your own.
          </li>
          <li>
            Your bookings, payments and refunds. Your card data stays with the payment gateway.
          </li>
          <li>
            What you write about your health, and your doctor’s notes. Both are stored encrypted,
            under a key of your own.
          </li>
          <li>A record of who did what, which nobody can change or delete.</li>
        </ul>
      </TextSection>
      <TextSection title="Who reads it">
        <ul>
          <li>
            Your doctor sees your name, age and gender and, with your consent, what you wrote for
            the visit.
          </li>
          <li>
            The clinic’s administrators see names, bookings and payments. They do not see what you
            wrote about your health.
          </li>
          <li>Each time somebody reads what you wrote, that is recorded.</li>
        </ul>
      </TextSection>
      <TextSection title="Mail and cookies">
        <p>
          Mail from us names your doctor and the time, never your health. We set cookies for your
          session, for your time zone, and to know a device on which you signed in before. Nothing
          here follows you to other sites.
        </p>
      </TextSection>
      <TextSection title="What you can do">
        <p>
          You can correct your data and take back your consent in{" "}
          <TextLink href="/account">your account</TextLink>. To have your data handed out or erased,
          please <TextLink href="/contact">write to the clinic</TextLink>.
        </p>
      </TextSection>
    </TextPage>
  );
}
