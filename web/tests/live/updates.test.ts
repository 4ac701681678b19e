// Live updates in the cache: new decisions arrive on the overview, known ones change where they stand.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { decisionsApi } from "@/api/decisions";
import { overviewApi } from "@/api/overview";
import type { DecisionSummary, Overview } from "@/api/types";
import { createStore, type Store } from "@/app/store";
import { shopNow } from "@/live/clock";
import { LiveUpdates } from "@/live/updates";
import { decisions } from "../../mock/decisions";
import { clock, overview } from "../../mock/shop";

let store: Store;
let updates: LiveUpdates;

beforeEach(async () => {
  vi.useFakeTimers();
  store = createStore();
  updates = new LiveUpdates(store);
  await store.dispatch(overviewApi.util.upsertQueryData("getOverview", undefined, structuredClone(overview)));
  await store.dispatch(overviewApi.util.upsertQueryData("getClock", undefined, { ...clock }));
});
afterEach(() => {
  updates.stop();
  vi.useRealTimers();
});

const shown = () => overviewApi.endpoints.getOverview.select()(store.getState()).data as Overview;
const summary = (changes: Partial<DecisionSummary>): DecisionSummary => ({ ...(decisions[0] as DecisionSummary), ...changes });
const arrives = (decision: DecisionSummary, seq = 1) => updates.apply({ seq, type: "decision", data: decision });

it("puts a new decision first among the latest, and keeps eight", () => {
  arrives(summary({ id: "d_new", created_at: "2026-12-31T00:00:00Z" }));
  vi.advanceTimersByTime(1000);
  expect(shown().recent[0]?.id).toBe("d_new");
  expect(shown().recent).toHaveLength(8);
});

it("draws a burst once", () => {
  let changes = 0;
  const stop = store.subscribe(() => {
    changes += 1;
  });
  for (let index = 0; index < 200; index += 1) arrives(summary({ id: `d_${index}`, created_at: "2026-12-31T00:00:00Z" }), index);
  expect(changes).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(changes).toBeLessThan(5);
  stop();
});

it("changes a listed decision in place, without moving the list", async () => {
  const page = { items: decisions.slice(0, 3), next_cursor: null, total: 3 };
  await store.dispatch(decisionsApi.util.upsertQueryData("listDecisions", { limit: 25 }, page));
  arrives(summary({ ...decisions[1], status: "rejected" }));
  vi.advanceTimersByTime(1000);
  const items = decisionsApi.endpoints.listDecisions.select({ limit: 25 })(store.getState()).data?.items ?? [];
  expect(items.map(({ id }) => id)).toEqual(page.items.map(({ id }) => id));
  expect(items[1]?.status).toBe("rejected");
});

it("moves the clock outside the store, and the store only when pace or pause change", () => {
  const before = store.getState();
  updates.apply({ seq: 1, type: "clock", data: { now: "2027-01-01T00:00:00Z", speed: clock.speed, paused: false } });
  expect(store.getState()).toBe(before);
  expect(new Date(shopNow()).getUTCFullYear()).toBe(2027);
  updates.apply({ seq: 1, type: "clock", data: { now: "2027-01-01T00:00:00Z", speed: clock.speed, paused: true } });
  expect(overviewApi.endpoints.getClock.select()(store.getState()).data?.paused).toBe(true);
});

it("asks anew for runs, waits and incidents soon after the server tells of them, once for a burst", () => {
  const asked = vi.spyOn(store, "dispatch");
  for (let seq = 1; seq < 50; seq += 1) updates.apply({ seq, type: seq % 2 ? "workflow" : "incident", data: { id: `${seq}` } });
  expect(asked).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5000);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]?.[0]).toMatchObject({ payload: ["Run", "Wait", "Incident", "Breaker"] });
});
