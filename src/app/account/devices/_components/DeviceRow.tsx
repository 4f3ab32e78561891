import { Badge, Button } from "@mantine/core";
import { IconApi, IconCheck, IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { When } from "@/app/_components/When";
import type { SessionPage } from "@/server/accounts/schema";
import classes from "./DeviceList.module.css";
import { deviceName, isHandheld } from "./device-name";

/** Shows one device: its name, when it signed in and when it was last used. */
export function DeviceRow({
  device,
  onEnd,
}: {
  device: SessionPage["items"][number];
  onEnd?: () => void;
}) {
  const name = deviceName(device.device);
  const isApi = device.kind === "api";
  const Icon = isApi ? IconApi : isHandheld(device.device) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.row}>
      <Icon size={28} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <p className={classes.name}>{isApi ? `${name} (an app, through the API)` : name}</p>
        <p className={classes.quiet}>
          Signed in <When at={device.createdAt} as="soon" />
          <br />
          Last used <When at={device.lastSeenAt} as="soon" />
        </p>
      </div>
      {device.current ? (
        <Badge
          size="lg"
          tt="none"
          fw={550}
          leftSection={<IconCheck size={14} stroke={2} aria-hidden />}
        >
          You are here
        </Badge>
      ) : (
        <Button variant="default" size="sm" onClick={onEnd} aria-label={`Sign out ${name}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}
