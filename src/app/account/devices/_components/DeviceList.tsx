"use client";

import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { Panel } from "@/app/_components/Panel";
import { ShowMore } from "@/app/_components/ShowMore";
import { useTRPC } from "@/app/_trpc/client";
import { firstPage } from "@/app/_trpc/first-page";
import type { SessionPage } from "@/server/accounts/schema";
import classes from "./DeviceList.module.css";
import { DeviceRow } from "./DeviceRow";
import { deviceName } from "./device-name";
import { PAGE_SIZE } from "./page-size";

type Device = SessionPage["items"][number];

/** Lists all devices on which the user is signed in, this device first. */
export function DeviceList({ initial }: { initial: SessionPage }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.me.sessions.infiniteQueryOptions(
      { limit: PAGE_SIZE },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        initialData: firstPage(initial),
      },
    ),
  );
  const devices = query.data.pages.flatMap((page) => page.items);
  const here = devices.find(({ current }) => current);
  const others = devices.filter(({ current }) => !current);
  return (
    <>
      {here ? (
        <Panel title="This device">
          <ul className={classes.list}>
            <DeviceRow device={here} />
          </ul>
        </Panel>
      ) : null}
      <OtherDevices devices={others} />
      <ShowMore query={query} what="devices" />
    </>
  );
}

function OtherDevices({ devices }: { devices: Device[] }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [chosen, choose] = useState<Device | "all" | null>(null);
  const done = (message: string) => async () => {
    await queries.invalidateQueries({ queryKey: trpc.me.sessions.pathKey() });
    choose(null);
    notifications.show({ message });
  };
  const endOne = useMutation(
    trpc.me.endSession.mutationOptions({ onSuccess: done("That device is signed out") }),
  );
  const endAll = useMutation(
    trpc.me.endOtherSessions.mutationOptions({
      onSuccess: done("All other devices are signed out"),
    }),
  );
  const all = chosen === "all";
  const close = () => {
    choose(null);
    endOne.reset();
    endAll.reset();
  };

  return (
    <Panel
      title="Other devices"
      text="Is there one that you do not know, or no longer use? Sign it out, and then change your password."
    >
      {devices.length === 0 ? (
        <Text>You are signed in nowhere else.</Text>
      ) : (
        <>
          <ul className={classes.list}>
            {devices.map((device) => (
              <DeviceRow key={device.id} device={device} onEnd={() => choose(device)} />
            ))}
          </ul>
          <Button variant="default" mt="md" onClick={() => choose("all")}>
            Sign all other devices out…
          </Button>
        </>
      )}
      <ConfirmDialog
        opened={chosen !== null}
        onClose={close}
        title={all ? "Sign all other devices out?" : "Sign this device out?"}
        confirm={all ? "Sign them out" : "Sign it out"}
        destructive
        busy={endOne.isPending || endAll.isPending}
        error={endOne.error ?? endAll.error}
        failed="Nothing is signed out yet"
        words={{ NOT_FOUND: "That device is signed out already." }}
        onConfirm={() => {
          if (all) endAll.mutate();
          else if (chosen) endOne.mutate({ id: chosen.id });
        }}
      >
        <Text>
          {all || !chosen
            ? "You stay signed in here. Everywhere else the password is asked for again."
            : `${deviceName(chosen.device)} is signed out at once. To go on there, one has to sign in again.`}
        </Text>
      </ConfirmDialog>
    </Panel>
  );
}
