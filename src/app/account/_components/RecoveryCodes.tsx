"use client";

import { Alert, Button, Checkbox, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import classes from "./RecoveryCodes.module.css";

/** Shows new recovery codes once. The user must confirm that they are kept before going on. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const [kept, setKept] = useState(false);
  const [missing, setMissing] = useState(false);
  const text = codes.join("\n");

  // A reload or a closed tab would lose the codes, so the browser asks first.
  useEffect(() => {
    if (kept) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [kept]);

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (kept) onKept();
        else setMissing(true);
      }}
    >
      <Stack gap="md">
        <Text>
          If you lose your phone, one of these lets you in instead of a code. Each works once. Print
          them, or keep them where you keep your passwords.
        </Text>
        <ul className={classes.codes} aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Group gap="sm">
          <CopyButton value={text} timeout={3000}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={
                  copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />
                }
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={() => download(text)}
          >
            Download
          </Button>
        </Group>
        <Alert color="turmeric" icon={<IconAlertTriangle aria-hidden />}>
          We show them only now. Later nobody can, not even we.
        </Alert>
        <Checkbox
          label="I have kept them in a safe place"
          checked={kept}
          onChange={(event) => {
            setKept(event.currentTarget.checked);
            setMissing(false);
          }}
          error={missing ? "Please keep them first, then tick this." : undefined}
          size="md"
        />
        <Button type="submit" size="lg">
          Continue
        </Button>
      </Stack>
    </form>
  );
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([`Amrutam recovery codes\n\n${text}\n`]));
  const link = document.createElement("a");
  link.href = url;
  link.download = "amrutam-recovery-codes.txt";
  link.click();
  URL.revokeObjectURL(url);
}
