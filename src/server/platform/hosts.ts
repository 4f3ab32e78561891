const SEVERAL = /^(postgres(?:ql)?:\/\/(?:[^/?]*@)?)([^/?@]*,[^/?@]*)(.*)$/;

/** One URL for each host of a database URL: `postgresql://u@a:5432,b:5432/db` names two. */
export function hostsOf(url: string): string[] {
  const [, before = "", hosts, after = ""] = SEVERAL.exec(url) ?? [];
  return hosts ? hosts.split(",").map((host) => `${before}${host}${after}`) : [url];
}
