import { IconAlertTriangle, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import type { ApplicationView } from "@/server/doctors/schema";
import { Facts } from "./Facts";
import { formatDate, formatList, formatMoney, formatYears } from "./format";
import { IconBadge } from "./IconBadge";

/** Shows what a doctor entered in the application and, if it was rejected, the reason. */
export function RegistrationFacts({ application }: { application: ApplicationView }) {
  const { registrationExpiresOn: until, rejectionReason } = application;
  const because: Array<[string, string]> = rejectionReason
    ? [["Turned down because", rejectionReason]]
    : [];
  const qualifications: Array<[string, string]> =
    application.qualifications.length > 0
      ? [["Qualifications", formatList(application.qualifications)]]
      : [];
  return (
    <Facts
      facts={[
        ...because,
        ["Registration no.", application.registrationNumber],
        ["Council", application.council ?? "Not given"],
        ["Registered until", until ? formatDate(until) : "Not given"],
        ["Specializations", formatList(application.specializations)],
        ...qualifications,
        ["Languages", formatList(application.languages)],
        ["Experience", formatYears(application.yearsOfExperience)],
        ["Fee", formatMoney(application.fee)],
        ["Introduction", application.bio || "Nothing yet"],
      ]}
    />
  );
}

/** Shows the status of an application, and whether an approved registration has expired. */
export function RegistrationMark({
  application,
  pending,
}: {
  application: ApplicationView;
  /** The label of a pending application. It differs for the doctor and the admin. */
  pending: string;
}) {
  const { status, registrationExpiresOn: until } = application;
  const lapsed = status === "APPROVED" && (!until || Date.parse(until) < Date.now());
  const { color, Icon, label } = lapsed
    ? ({ color: "clay", Icon: IconAlertTriangle, label: "Registration ran out" } as const)
    : {
        PENDING: { color: "turmeric", Icon: IconClock, label: pending } as const,
        APPROVED: { color: "leaf", Icon: IconCheck, label: "Approved" } as const,
        REJECTED: { color: "slate", Icon: IconX, label: "Turned down" } as const,
      }[status];
  return (
    <IconBadge color={color} Icon={Icon}>
      {label}
    </IconBadge>
  );
}
