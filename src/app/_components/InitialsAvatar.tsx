import { Avatar } from "@mantine/core";

const TINTS = ["leaf", "turmeric", "clay", "slate", "gray"] as const;

/** Returns the first letters of the first and last name, without a title such as "Dr". */
function initials(name: string): string {
  const words = name.replace(/^(dr|prof|mr|mrs|ms)\.?\s+/i, "").match(/\p{L}[\p{L}'-]*/gu) ?? [];
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return `${first.charAt(0)}${last.charAt(0)}`.toUpperCase();
}

/** Chooses a colour; the same id always gets the same one. */
function tintOf(id: string): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return TINTS[sum % TINTS.length] ?? TINTS[0];
}

/**
 * A picture with a person's initials. Screen readers skip it, because the name is always written beside it.
 */
export function InitialsAvatar({
  id,
  name,
  size = 56,
}: {
  id: string;
  name: string;
  size?: number;
}) {
  const tint = tintOf(id);
  return (
    <Avatar
      aria-hidden
      size={size}
      radius="50%"
      styles={{
        placeholder: {
          background: `var(--mantine-color-${tint}-${tint === "gray" ? 2 : 1})`,
          color: `var(--mantine-color-${tint}-8)`,
          fontWeight: 600,
          fontSize: size * 0.36,
        },
      }}
    >
      {initials(name)}
    </Avatar>
  );
}
