import { Cluster, Redis, type RedisOptions } from "ioredis";
import { MULTI_HOST_URL } from "./redis-url";

/** Without a connection, commands fail at once: a request must not wait for Redis. */
const OPTIONS: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1000,
  commandTimeout: 1000,
};
const retryStrategy = (times: number) => Math.min(200 * times, 2000);

/** Connects to the Redis, Sentinels or cluster of a URL. Reconnects when the connection is lost. */
export function openRedis(url: string): Redis | Cluster {
  const [, kind, username, password, hosts = "", name] = MULTI_HOST_URL.exec(url) ?? [];
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
