import { Button, Menu } from "@mantine/core";
import {
  IconBan,
  IconChevronDown,
  IconListSearch,
  IconLockOpen,
  IconShieldCheck,
  IconShieldOff,
  IconStethoscope,
  IconUser,
  IconUserCog,
} from "@tabler/icons-react";
import Link from "next/link";
import { IconBadge } from "@/app/_components/IconBadge";
import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { When } from "@/app/_components/When";
import type { Role, User } from "@/server/accounts/schema";
import classes from "../../_components/Rows.module.css";
import { type AccessChange, ROLE_NAMES } from "./ManageDialog";

const ROLE_ICONS = { patient: IconUser, doctor: IconStethoscope, admin: IconUserCog };

/** Shows one account with its role, and a menu that changes its access. */
export function PersonRow({
  person,
  isMe,
  onChoose,
}: {
  person: User;
  isMe: boolean;
  onChoose: (change: AccessChange) => void;
}) {
  return (
    <article className={classes.row}>
      <InitialsAvatar id={person.id} name={person.name} size={44} />
      <div className={classes.main}>
        <p className={classes.name}>{person.name}</p>
        <p className={classes.quiet}>{person.email}</p>
        <p className={classes.quiet}>
          Since <When at={person.createdAt} as="day" />
          {person.mfaEnabled ? " · two-step sign-in" : ""}
        </p>
      </div>
      <div className={classes.badges}>
        {person.status === "SUSPENDED" ? (
          <IconBadge color="brick" Icon={IconBan}>
            Suspended
          </IconBadge>
        ) : null}
        <IconBadge color="slate" Icon={ROLE_ICONS[person.role]}>
          {ROLE_NAMES[person.role]}
        </IconBadge>
      </div>
      <Manage person={person} isMe={isMe} onChoose={onChoose} />
    </article>
  );
}

function Manage({ person, isMe, onChoose }: Parameters<typeof PersonRow>[0]) {
  const others = (["patient", "doctor", "admin"] satisfies Role[]).filter(
    (role) => role !== person.role,
  );
  const suspended = person.status === "SUSPENDED";
  return (
    <Menu position="bottom-end" width={260} shadow="md" withinPortal={false}>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          rightSection={<IconChevronDown size={16} aria-hidden />}
          aria-label={`Manage ${person.name}`}
        >
          Manage
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          href={`/admin/audit?actorId=${person.id}`}
          leftSection={<IconListSearch size={18} aria-hidden />}
        >
          What they did
        </Menu.Item>
        {isMe ? <Menu.Label>You cannot change your own access.</Menu.Label> : null}
        {isMe ? null : <Menu.Divider />}
        {isMe
          ? null
          : others.map((role) => (
              <Menu.Item
                key={role}
                leftSection={<IconShieldCheck size={18} aria-hidden />}
                onClick={() => onChoose({ kind: "role", person, role })}
              >
                Make {ROLE_NAMES[role].toLowerCase()}…
              </Menu.Item>
            ))}
        {isMe || !person.mfaEnabled ? null : (
          <Menu.Item
            leftSection={<IconShieldOff size={18} aria-hidden />}
            onClick={() => onChoose({ kind: "factor", person })}
          >
            Reset two-step sign-in…
          </Menu.Item>
        )}
        {isMe ? null : (
          <Menu.Item
            color={suspended ? undefined : "brick"}
            leftSection={
              suspended ? <IconLockOpen size={18} aria-hidden /> : <IconBan size={18} aria-hidden />
            }
            onClick={() => onChoose({ kind: suspended ? "reactivate" : "suspend", person })}
          >
            {suspended ? "Give access back…" : "Suspend…"}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
