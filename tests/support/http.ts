import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import { type RunningServer, startServer } from "@/server/main";
import { routeHandlers } from "./routes";

/** The two ways to serve the API. The same tests run with both. */
export const HOSTS = ["node server", "route handlers"] as const;
export type HostName = (typeof HOSTS)[number];

/** A complete answer. `body` is undefined if the text is not JSON. */
export type Answer = { status: number; headers: Headers; text: string; body: unknown };

type Init = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
};
type Who = { token: string } | null;
type Extra = { key?: string | null; headers?: Record<string, string> };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const errorBody = z.object({
  message: z.string(),
  code: z.string(),
  data: z.looseObject({ reason: z.string().nullable(), requestId: z.string().min(1) }),
});

/** Reads the error of an answer. @throws if it is not in the contract's shape. */
export function errorOf(answer: Answer) {
  const { data } = errorBody.safeParse(answer.body);
  if (data) return data;
  throw new Error(
    `not an error in the shape of the contract: ${answer.status} ${answer.text.slice(0, 300)}`,
  );
}

/** `200`, or the status and the reason, for the tally of a race. */
export const labelOf = (answer: Answer): string =>
  answer.status === 200
    ? "200"
    : `${answer.status} ${errorBody.safeParse(answer.body).data?.data.reason}`;

/** A REST client of one host. */
export class Api {
  constructor(private readonly fetchFrom: (path: string, init: Init) => Promise<Response>) {}

  /** Sends a request without any additions. */
  async send(path: string, init: Init = {}): Promise<Answer> {
    const response = await this.fetchFrom(path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  get(path: string, who: Who = null, extra: Extra = {}): Promise<Answer> {
    return this.send(`/api/v1${path}`, { headers: headersOf(who, { key: null, ...extra }) });
  }

  /** Reads all pages of a list. @param path ends with `?` or `&`. */
  async walk<Item>(path: string, limit: number, who: Who = null): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor ? `&cursor=${cursor}` : "";
      const { status, body, text } = await this.get(`${path}limit=${limit}${next}`, who);
      const page = body as { items: Item[]; nextCursor: string | null };
      if (status !== 200 || page.items.length > limit)
        throw new Error(`not a page: ${status} ${text}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  /** Sends a write with a new idempotency key; `key: null` sends none. */
  write(method: string, path: string, body: unknown, who: Who = null, extra: Extra = {}) {
    const headers = { "content-type": "application/json", ...headersOf(who, extra) };
    return this.send(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  }

  post(path: string, body: unknown, who: Who = null, extra: Extra = {}): Promise<Answer> {
    return this.write("POST", path, body, who, extra);
  }
}

function headersOf(who: Who, { key, headers }: Extra): Record<string, string> {
  return {
    ...(who && { authorization: `Bearer ${who.token}` }),
    ...(key === null ? {} : { "idempotency-key": key ?? randomUUID() }),
    ...headers,
  };
}

/** Starts a host for the tests of a file or `describe`, and stops it afterwards. */
export function useHost(name: HostName): Api {
  if (name === "route handlers") return new Api(routeHandlers);
  let server: RunningServer | undefined;
  beforeAll(async () => {
    server = await startServer({ pages: false, jobs: false });
  });
  afterAll(() => server?.close());
  return new Api((path, init) => fetch(`${server?.url}${path}`, init));
}
