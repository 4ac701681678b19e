// Requests: the token goes along, an old one is exchanged once, and every failure becomes a problem with a remedy.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { overviewApi } from "@/api/overview";
import { decisionsApi } from "@/api/decisions";
import { idempotencyKey } from "@/api/request";
import { query } from "@/api/api";
import { signedIn } from "@/app/session";
import { createStore } from "@/app/store";
import { serve } from "../dashboard";
import { session } from "../../mock/shop";

const problem = (status: number) => ({
  status,
  body: { type: "urn:x", title: "No", status, detail: "It went wrong.", remedy: "Do this.", request_id: "r" },
});

beforeEach(() => vi.unstubAllGlobals());
afterEach(() => vi.unstubAllGlobals());

function shop() {
  const store = createStore();
  store.dispatch(signedIn({ ...session, access_token: "old" }));
  return store;
}
const overviewOf = (store: ReturnType<typeof shop>) => store.dispatch(overviewApi.endpoints.getOverview.initiate());

it("sends the token and nothing of it to storage", async () => {
  const log = serve();
  const store = shop();
  await overviewOf(store);
  expect(log[0]?.headers.get("Authorization")).toBe("Bearer old");
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("old");
});

it("exchanges an old token silently and once, however many requests need it", async () => {
  const log = serve(({ url, headers }) => {
    if (url.pathname.endsWith("/auth/refresh")) return { status: 200, body: { ...session, access_token: "new" } };
    return headers.get("Authorization") === "Bearer new" ? undefined : problem(401);
  });
  const store = shop();
  const [overview, list] = await Promise.all([
    overviewOf(store),
    store.dispatch(decisionsApi.endpoints.listDecisions.initiate({ limit: 5 })),
  ]);
  expect(overview.isSuccess && list.isSuccess).toBe(true);
  expect(log.filter(({ url }) => url.pathname.endsWith("/auth/refresh"))).toHaveLength(1);
});

it("signs out when the exchange is refused", async () => {
  serve(() => problem(401));
  const store = shop();
  const { error } = await overviewOf(store);
  expect(error).toMatchObject({ status: 401, detail: "It went wrong.", remedy: "Do this." });
  expect(store.getState().session).toEqual({ status: "signed-out", accessToken: null, person: null });
});

it("stays signed in when the server is only unreachable", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  const store = shop();
  const { error } = await overviewOf(store);
  expect(error).toMatchObject({ status: 0 });
  expect(store.getState().session.status).toBe("signed-in");
});

it("gives every decision of a person its own key, so that a repeat counts once", async () => {
  const log = serve();
  const store = shop();
  await store.dispatch(decisionsApi.endpoints.decide.initiate({ id: "d_1", verdict: "approve" }));
  expect(log[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  expect(idempotencyKey()).not.toBe(idempotencyKey());
});

it("writes a filter without its empty values, and a list as repeated pairs", () => {
  expect(query("/decisions", { status: ["waiting", "failed"], q: "", agent: undefined, limit: 5 })).toBe(
    "/decisions?status=waiting&status=failed&limit=5",
  );
  expect(query("/decisions", {})).toBe("/decisions");
});
