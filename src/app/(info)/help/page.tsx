import type { Metadata } from "next";
import { TextLink } from "../../_components/LinkButton";
import { TextPage, TextSection } from "../_components/TextPage";

export const metadata: Metadata = { title: "Help", description: "Answers to common questions." };

/** The page with answers to common questions. */
export default function HelpPage() {
  return (
    <TextPage title="Help" lead="Short answers. If yours is not here, please ask the clinic.">
      <TextSection title="How do I book?">
        <p>
          <TextLink href="/doctors">Find a doctor</TextLink>, choose a day and a time, and pay while
          we hold the time for you. A visit is yours once it reads “Confirmed” under{" "}
          <TextLink href="/bookings">My bookings</TextLink>.
        </p>
      </TextSection>
      <TextSection title="My payment went through, but the visit is not confirmed">
        <p>
          A payment that arrives after its hold has ended goes back to you in full, without your
          asking. Your bank decides how many days that takes.{" "}
          <TextLink href="/payments">Payments</TextLink> shows where the money is.
        </p>
      </TextSection>
      <TextSection title="Can I move or cancel a visit?">
        <p>
          Yes, on its page under My bookings. Before you cancel, the page shows how much comes back
          to you. The terms are those that you saw when you paid.
        </p>
      </TextSection>
      <TextSection title="The doctor did not come">
        <p>You owe nothing: the whole fee goes back to you without your asking.</p>
      </TextSection>
      <TextSection title="I cannot sign in">
        <p>
          <TextLink href="/forgot">Set a new password</TextLink> by mail. If you have lost the phone
          that shows your codes, use one of your recovery codes, or write to the clinic.
        </p>
      </TextSection>
      <TextSection title="Still stuck?">
        <p>
          <TextLink href="/contact">Write to the clinic or call</TextLink>.
        </p>
      </TextSection>
    </TextPage>
  );
}
