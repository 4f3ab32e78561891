import { isIPv6 } from "node:net";

/** Returns the eight groups of an IPv6 address. `URL` normalises the different notations. */
function groupsOf(address: string): string[] {
  const plain = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const [before, after] = [head, tail ?? ""].map((part) => (part ? part.split(":") : []));
  const zeros = tail === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  return [...(before ?? []), ...Array<string>(zeros).fill("0"), ...(after ?? [])];
}

/**
 * Returns the key under which an address is counted for rate limits. An IPv6 network of size /64 is one
 * key: it belongs to one customer, who can use another address for each request. An IPv4 address has
 * the same key in its IPv6 notation.
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
