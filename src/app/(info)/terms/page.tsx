import type { Metadata } from "next";
import { TextLink } from "../../_components/LinkButton";
import { clinic } from "../../_trpc/server";
import { TextPage, TextSection } from "../_components/TextPage";

export const metadata: Metadata = {
  title: "Terms",
  description: "What you and the clinic can expect of each other.",
};

/** The terms of use. */
export default function TermsPage() {
  const { name } = clinic();
  return (
    <TextPage title="Terms" lead={`What you and ${name} can expect of each other.`}>
      <TextSection title="Not for emergencies">
        <p>
          If someone is in danger, call <a href="tel:112">112</a>. A consultation here does not
          replace an examination where one is needed; your doctor will say so.
        </p>
      </TextSection>
      <TextSection title="Doctors">
        <p>
          A doctor is listed after the clinic has approved the registration, and only while it is
          valid. The registration number is on the doctor’s page.
        </p>
      </TextSection>
      <TextSection title="Booking and paying">
        <ul>
          <li>The fee on the doctor’s page is what you pay. Nothing is added.</li>
          <li>A time is held for you alone while you pay. The page shows how long.</li>
          <li>A visit is agreed once it is confirmed.</li>
          <li>A payment that arrives too late goes back to you in full.</li>
        </ul>
      </TextSection>
      <TextSection title="Moving and cancelling">
        <ul>
          <li>
            The terms of a cancellation, with dates and amounts, are shown before you pay. They do
            not change afterwards. You find them again in the dialog in which you cancel.
          </li>
          <li>
            If the doctor or the clinic cancels, or the doctor does not come, you pay nothing.
          </li>
          <li>If you do not come to a confirmed visit, the fee is kept.</li>
        </ul>
      </TextSection>
      <TextSection title="Your account">
        <p>
          Keep your password to yourself, and give true data: your doctor relies on them. The clinic
          may suspend an account that is used to harm others.
        </p>
      </TextSection>
      <TextSection title="Questions">
        <p>
          Please <TextLink href="/contact">write to the clinic</TextLink>.
        </p>
      </TextSection>
    </TextPage>
  );
}
