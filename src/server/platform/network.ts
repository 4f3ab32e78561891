import { isIPv6 } from "node:net";

/** The eight groups of an IPv6 address. URLs write every form of one in the same way. */
function groupsOf(address: string): string[] {
  const plain = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const [before, after] = [head, tail ?? ""].map((part) => (part ? part.split(":") : []));
  const zeros = tail === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  return [...(before ?? []), ...Array<string>(zeros).fill("0"), ...(after ?? [])];
}

/**
 * Whose an address is, for limits. A network of IPv6 addresses (a /64) belongs to one customer, who may
 * use another one for each request; an IPv4 address is the same one when it is written as IPv6.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  const isMapped = groups.slice(0, 5).every((group) => group === "0") && groups[5] === "ffff";
  return isMapped
    ? [high >> 8, high & 255, low >> 8, low & 255].join(".")
    : `${groups.slice(0, 4).join(":")}::/64`;
}
