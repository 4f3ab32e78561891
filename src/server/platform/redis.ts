import { Cluster, Redis, type RedisOptions } from "ioredis";
import { SEVERAL } from "./redis-url";

/** Commands fail at once while the connection is down: a request must not queue for it. */
const OPTIONS: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1000,
  commandTimeout: 1000,
};
const retryStrategy = (times: number) => Math.min(200 * times, 2000);

/** Connects to what a URL names, and again whenever the connection is lost. */
export function openRedis(url: string): Redis | Cluster {
  const [, kind, username, password, hosts = "", name] = SEVERAL.exec(url) ?? [];
  if (!kind) return new Redis(url, { ...OPTIONS, retryStrategy });
  const login = {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  const usualPort = kind === "sentinel" ? 26379 : 6379;
  const nodes = hosts.split(",").map((node) => {
    const [host, port = usualPort] = node.split(":");
    return { host, port: Number(port) };
  });
  if (kind === "sentinel") {
    const again = { retryStrategy, sentinelRetryStrategy: retryStrategy };
    return new Redis({ ...OPTIONS, ...login, ...again, sentinels: nodes, name });
  }
  return new Cluster(nodes, {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    redisOptions: { ...OPTIONS, ...login },
  });
}
