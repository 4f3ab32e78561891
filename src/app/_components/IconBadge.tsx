import { Badge } from "@mantine/core";
import type { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Shows a state as text, colour and icon, because colour alone is not accessible. */
export function IconBadge({
  color,
  Icon,
  children,
}: {
  color: "leaf" | "turmeric" | "clay" | "brick" | "slate";
  Icon: typeof IconCheck;
  children: ReactNode;
}) {
  return (
    <Badge
      color={color}
      size="lg"
      tt="none"
      fw={550}
      leftSection={<Icon size={14} stroke={2} aria-hidden />}
    >
      {children}
    </Badge>
  );
}
