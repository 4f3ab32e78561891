import type { Metadata } from "next";
import { TextLink } from "../../_components/LinkButton";
import { ClinicContact } from "../_components/ClinicContact";
import { TextPage, TextSection } from "../_components/TextPage";

export const metadata: Metadata = { title: "Contact", description: "How to reach the clinic." };

/** The page with the clinic's contact data. */
export default function ContactPage() {
  return (
    <TextPage title="Contact" lead="Write or call when something here does not work for you.">
      <TextSection title="In an emergency">
        <p>
          This service is not for emergencies. Call <a href="tel:112">112</a>.
        </p>
      </TextSection>
      <TextSection title="The clinic">
        <ClinicContact />
      </TextSection>
      <TextSection title="Before you write">
        <p>
          You can move or cancel a visit, and read a receipt, under{" "}
          <TextLink href="/bookings">My bookings</TextLink>. Please do not send health details by
          mail: others may read mail on its way. Your doctor reads what you write when you book.
        </p>
      </TextSection>
    </TextPage>
  );
}
