import { afterEach, expect, test, vi } from "vitest";
import { GET, POST } from "@/app/api/auth/[...nextauth]/route";

// A mock replaces next-auth. A request that reaches the mock is passed on.
const nextAuth = vi.hoisted(() => vi.fn(async () => Response.json({ ok: true })));
vi.mock("next-auth", () => ({ default: () => nextAuth }));
afterEach(() => nextAuth.mockClear());

const WRONG = ["http://[", ":::", "javascript:alert(1)", "%00", "//[", "ftp://localhost/", "here"];
const RIGHT = ["/bookings", "/", "http://localhost/doctors?q=a", "https://elsewhere.example/"];

const context = { params: Promise.resolve({ nextauth: ["callback", "credentials"] }) };
const URL_ = "http://localhost/api/auth/callback/credentials";
const get = (query = "", headers = {}) =>
  GET(new Request(`${URL_}?${query}`, { headers }), context);
const post = (body: string, type: string) =>
  POST(new Request(URL_, { method: "POST", body, headers: { "content-type": type } }), context);

/** Sends the callback URL in each place where next-auth reads it. */
const sendEverywhere = (address: string): Array<Promise<Response>> => [
  get(new URLSearchParams({ callbackUrl: address }).toString()),
  get("", { cookie: `a=b; next-auth.callback-url=${encodeURIComponent(address)}` }),
  get("", { cookie: `__Secure-next-auth.callback-url=${encodeURIComponent(address)}` }),
  post(
    new URLSearchParams({ callbackUrl: address }).toString(),
    "application/x-www-form-urlencoded",
  ),
  post(JSON.stringify({ callbackUrl: address }), "application/json"),
];

test.each(WRONG)("an invalid callback URL is refused: %s", async (address) => {
  for (const answer of await Promise.all(sendEverywhere(address))) {
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ data: { reason: "INVALID_INPUT" } });
  }
  expect(nextAuth).not.toHaveBeenCalled();
});

test.each(RIGHT)("a valid callback URL is passed on: %s", async (address) => {
  for (const answer of await Promise.all(sendEverywhere(address))) expect(answer.status).toBe(200);
  expect(nextAuth).toHaveBeenCalledTimes(5);
});

test.each(["{bad", '{"callbackUrl":{"a":1}}', '{"callbackUrl":5}'])(
  "a JSON body without a valid callback URL is refused: %s",
  async (body) => {
    expect((await post(body, "application/json")).status).toBe(400);
    expect(nextAuth).not.toHaveBeenCalled();
  },
);

test("a request without a callback URL is passed on", async () => {
  expect((await get()).status).toBe(200);
  expect((await post("", "application/x-www-form-urlencoded")).status).toBe(200);
  expect((await post("null", "application/json")).status).toBe(200);
});

test("an invalid callback cookie is deleted, because the browser would send it again", async () => {
  const answer = await get("", { cookie: "next-auth.callback-url=http%3A%2F%2F%5B" });
  expect(answer.headers.get("set-cookie")).toMatch(/^next-auth\.callback-url=; .*Max-Age=0/);
});
