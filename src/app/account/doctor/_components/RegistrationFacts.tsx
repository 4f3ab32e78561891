import { Badge } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconClock } from "@tabler/icons-react";
import type { ApplicationView } from "@/server/doctors/schema";
import { Facts } from "../../../_components/Facts";
import { formatDate, formatList, formatMoney, formatYears } from "../../../_components/format";

/** A doctor's file in words. */
export function RegistrationFacts({ application }: { application: ApplicationView }) {
  const { registrationExpiresOn: until } = application;
  return (
    <Facts
      facts={[
        ["State", <RegistrationBadge key="state" application={application} />],
        ["Registration no.", application.registrationNumber],
        ["Council", application.council ?? "Not given"],
        ["Registered until", until ? formatDate(until) : "Not given"],
        ["Specializations", formatList(application.specializations)],
        ["Languages", formatList(application.languages)],
        ["Experience", formatYears(application.yearsOfExperience)],
        ["Fee", formatMoney(application.fee)],
        ["About you", application.bio || "Nothing yet"],
      ]}
    />
  );
}

/** Whether patients can book: approved, and the registration has not run out. */
function RegistrationBadge({ application }: { application: ApplicationView }) {
  const { status, registrationExpiresOn: until } = application;
  const lapsed = status === "APPROVED" && (!until || Date.parse(until) < Date.now());
  const [label, color, Icon] = lapsed
    ? (["Registration has run out: not bookable", "clay", IconAlertTriangle] as const)
    : status === "APPROVED"
      ? (["Approved", "leaf", IconCheck] as const)
      : (["Being checked", "turmeric", IconClock] as const);
  return (
    <Badge
      color={color}
      size="lg"
      tt="none"
      fw={550}
      leftSection={<Icon size={14} stroke={2} aria-hidden />}
    >
      {label}
    </Badge>
  );
}
