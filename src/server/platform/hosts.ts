const MULTI_HOST_URL = /^(postgres(?:ql)?:\/\/(?:[^/?]*@)?)([^/?@]*,[^/?@]*)(.*)$/;

/** Returns one URL for each host of a database URL: `postgresql://u@a:5432,b:5432/db` has two. */
export function hostsOf(url: string): string[] {
  const [, before = "", hosts, after = ""] = MULTI_HOST_URL.exec(url) ?? [];
  return hosts ? hosts.split(",").map((host) => `${before}${host}${after}`) : [url];
}
