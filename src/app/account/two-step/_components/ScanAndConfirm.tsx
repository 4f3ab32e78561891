"use client";

import { Button, CopyButton, Input, PinInput, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { Panel } from "@/app/_components/Panel";
import { useTRPC } from "@/app/_trpc/client";
import classes from "./ScanAndConfirm.module.css";

const DIGITS = 6;

/** Shows the secret as a QR code and as text, and asks for a first code to confirm it. */
export function ScanAndConfirm({
  enrolment,
  onConfirmed,
}: {
  enrolment: { secret: string; otpauthUrl: string };
  onConfirmed: (recoveryCodes: string[]) => void;
}) {
  const trpc = useTRPC();
  const [code, setCode] = useState("");
  const [isIncomplete, setIsIncomplete] = useState(false);
  const confirm = useMutation(
    trpc.me.confirmTotp.mutationOptions({
      onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
      onError: () => setCode(""),
    }),
  );
  function submit(value: string) {
    setIsIncomplete(value.length < DIGITS);
    if (value.length === DIGITS && !confirm.isPending) confirm.mutate({ code: value });
  }
  return (
    <>
      <Panel title="1. Scan this with your app">
        <div className={classes.scan}>
          <div className={classes.code}>
            <QRCodeSVG value={enrolment.otpauthUrl} size={184} title="QR code for your app" />
          </div>
          <Stack gap="xs" className={classes.words}>
            <Text>In the app choose to add an account, then point the camera at this picture.</Text>
            <Text>
              Are you reading this on the phone with the app, or is there no camera? Enter this key
              in the app instead:
            </Text>
            {/* In groups of four, so that it is easier to type into a phone. */}
            <code className={classes.secret}>{enrolment.secret.replace(/.{4}(?!$)/g, "$& ")}</code>
            <CopyButton value={enrolment.secret} timeout={3000}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  size="sm"
                  onClick={copy}
                  className={classes.copy}
                  leftSection={
                    copied ? (
                      <IconCheck size={16} aria-hidden />
                    ) : (
                      <IconCopy size={16} aria-hidden />
                    )
                  }
                >
                  {copied ? "Copied" : "Copy the key"}
                </Button>
              )}
            </CopyButton>
          </Stack>
        </div>
      </Panel>
      <Panel title="2. Enter the code that it shows">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit(code);
          }}
        >
          <Stack gap="md" align="flex-start">
            <Input.Wrapper
              label="Six digits"
              labelElement="div"
              description="The app shows new ones every 30 seconds."
              error={isIncomplete ? "Please enter all six digits." : undefined}
            >
              <PinInput
                length={DIGITS}
                type="number"
                oneTimeCode
                size="md"
                gap={6}
                placeholder=""
                aria-label="Six digits"
                getInputProps={(index) => ({ "aria-label": `Digit ${index + 1}` })}
                value={code}
                onChange={(value) => {
                  setCode(value);
                  setIsIncomplete(false);
                }}
                onComplete={submit}
                error={isIncomplete}
              />
            </Input.Wrapper>
            {confirm.error ? (
              <ErrorNotice error={confirm.error} title="Two-step sign-in is not on yet" />
            ) : null}
            <Button type="submit" loading={confirm.isPending}>
              Turn it on
            </Button>
          </Stack>
        </form>
      </Panel>
    </>
  );
}
