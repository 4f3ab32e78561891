/** A URL of Sentinels with the master's name, or of cluster nodes: kind, user, password, hosts, name. */
export const MULTI_HOST_URL =
  /^redis\+(sentinel|cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([\w.-]+(?::\d+)?(?:,[\w.-]+(?::\d+)?)*)(?:\/([\w.-]+))?$/;

/** Whether a URL is valid: one Redis, Sentinels with the master's name, or cluster nodes. */
export function isRedisUrl(url: string): boolean {
  const [, kind, , , , name] = MULTI_HOST_URL.exec(url) ?? [];
  if (kind) return (kind === "sentinel") === (name !== undefined);
  return URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);
}
