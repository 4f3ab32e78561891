import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { PaymentList } from "./_components/PaymentList";

export const metadata: Metadata = { title: "Payments" };

/** The page with all payments and refunds of a patient. */
export default async function PaymentsPage() {
  await requireRole("patient", "/payments");
  return (
    <PageContainer narrow>
      <Title order={1}>Payments</Title>
      <PaymentList />
    </PageContainer>
  );
}
