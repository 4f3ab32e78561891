import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { caller, orNotFound, requireRole } from "@/app/_trpc/server";
import { ReceiptSheet } from "./_components/ReceiptSheet";

export const metadata: Metadata = { title: "Receipt" };

/** The page with the receipt of one payment. */
export default async function ReceiptPage({ params }: PageProps<"/payments/[paymentId]">) {
  const { paymentId } = await params;
  await requireRole("patient", `/payments/${paymentId}`);
  const api = await caller();
  const receipt = await orNotFound(api.payments.receipt({ paymentId }));
  return (
    <PageContainer narrow>
      <ReceiptSheet receipt={receipt} />
    </PageContainer>
  );
}
