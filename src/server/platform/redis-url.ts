/** Sentinels and the master's name, or nodes of a cluster: kind, user, password, hosts, name. */
export const SEVERAL =
  /^redis\+(sentinel|cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([\w.-]+(?::\d+)?(?:,[\w.-]+(?::\d+)?)*)(?:\/([\w.-]+))?$/;

/** Whether a URL names one Redis, Sentinels and the master's name, or nodes of a cluster. */
export function isRedisUrl(url: string): boolean {
  const [, kind, , , , name] = SEVERAL.exec(url) ?? [];
  if (kind) return (kind === "sentinel") === (name !== undefined);
  return URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);
}
