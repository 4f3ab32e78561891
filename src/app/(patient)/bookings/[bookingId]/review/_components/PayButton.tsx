"use client";

import { Button, Checkbox, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type MouseEvent, useRef, useState } from "react";
import { CONSENT_TEXT } from "@/app/_components/consent-text";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatMoney } from "@/app/_components/format";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking } from "@/server/bookings/schema";

/** Leads to the checkout. A patient without consent to online consultations is asked for it first. */
export function PayButton({
  booking,
  href,
  consented,
}: {
  booking: Booking;
  href: string;
  consented: boolean;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const box = useRef<HTMLInputElement>(null);
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const give = useMutation(
    trpc.me.giveConsent.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.me.consents.queryKey() });
        location.assign(href);
      },
    }),
  );

  function pay(event: MouseEvent) {
    if (consented) return;
    event.preventDefault();
    setMissing(!agreed);
    if (agreed) give.mutate({ purpose: "consultation" });
    else box.current?.focus();
  }

  return (
    <Stack gap="md">
      {consented ? null : (
        <Checkbox
          ref={box}
          label={`I agree to consult ${booking.doctor.name} online`}
          description={CONSENT_TEXT}
          checked={agreed}
          error={missing ? "Please agree first: a doctor may not consult you without it." : null}
          onChange={(event) => {
            setAgreed(event.currentTarget.checked);
            setMissing(false);
          }}
        />
      )}
      {give.error ? (
        <ErrorNotice error={give.error} title="Your agreement is not recorded yet">
          You have not been charged.
        </ErrorNotice>
      ) : null}
      <Button component="a" href={href} size="lg" fullWidth loading={give.isPending} onClick={pay}>
        Pay {formatMoney(booking.payment.amount)}
      </Button>
    </Stack>
  );
}
