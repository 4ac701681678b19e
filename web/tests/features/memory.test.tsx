// Memory: how much is held, what holds it, and what a person decides about it.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bands, memoryOption, topOf } from "@/features/memory/memoryChart";
import { palettes } from "@/theme/palette";
import { memory } from "../../mock/machine/memory";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const before = structuredClone(memory);
beforeEach(() => {
  Object.assign(memory, structuredClone(before), { percent: 84, pressure: "medium" });
});

describe("the picture", () => {
  const words = { held: "", share: "", pressure: String, time: String, bytes: String, percent: String };
  it("marks the limits of pressure one after the other, up to the whole", () => {
    expect(bands.map(({ from }) => from)).toEqual([70, 80, 90, 95]);
    expect(bands.slice(1).map(({ from }, index) => from === bands[index]?.to)).toEqual([true, true, true]);
    expect(bands.at(-1)?.to).toBe(100);
  });
  it("comes closer where so little is held that nothing could be seen", () => {
    const held = (percent: number) => topOf([{ at: "", rss_bytes: 1, percent }]);
    expect([held(2.4), held(6), held(30), held(60)]).toEqual([5, 10, 50, 100]);
  });
  it("draws every measurement, on an axis of the whole limit", () => {
    const option = memoryOption(before.history, words, palettes.light) as { yAxis: { min: number; max: number }; series: { data: number[] }[] };
    expect([option.yAxis.min, option.yAxis.max]).toEqual([0, 100]);
    expect(option.series[0]?.data).toHaveLength(before.history.length);
  });
});

it("says first how much is held", async () => {
  serve();
  await open("/memory");
  expect(await screen.findByRole("heading", { level: 1, name: "Memory fills up: 84% of the limit is held" })).toBeVisible();
  expect(screen.getByText("Pressure: Medium")).toBeVisible();
  expect(within(screen.getByRole("table", { name: "What holds most" })).getByText("packs/retail/forecast.py:88")).toBeVisible();
  expect(within(screen.getByRole("table", { name: "Caches" })).getByText("380 MB / 512 MB")).toBeVisible();
});

it("gives memory back only after asking", async () => {
  const log = serve();
  await open("/memory");
  await userEvent.click(await screen.findByRole("button", { name: "Relieve now" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Give memory back now?" })).getByRole("button", { name: "Relieve now" }));
  expect(await screen.findByText("Memory was given back.")).toBeVisible();
  expect(log.some(({ method, url }) => method === "POST" && url.pathname.endsWith("/memory/relieve"))).toBe(true);
  expect(await screen.findByText("Relieved by a person")).toBeVisible();
});

it("changes the strategy, and whether allocations are traced", async () => {
  const log = serve();
  await open("/memory");
  await userEvent.click(await screen.findByRole("radio", { name: /^Aggressive/ }));
  await waitFor(() => expect(screen.getByRole("radio", { name: /^Aggressive/ })).toBeChecked());
  await userEvent.click(screen.getByRole("switch", { name: /^Trace allocations/ }));
  await waitFor(() => expect(log.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([{ strategy: "aggressive" }, { on: true, tracing: false }]));
});

it("says why nothing is listed while allocations are not traced", async () => {
  Object.assign(memory, { top: [], tracing: false });
  serve();
  await open("/memory");
  expect(await screen.findByText("Allocations are not traced")).toBeVisible();
});

it("never says that they are not traced while they are", async () => {
  Object.assign(memory, { top: [], tracing: true });
  serve();
  await open("/memory");
  expect(await screen.findByText("Allocations are traced")).toBeVisible();
  expect(screen.queryByText("Allocations are not traced")).toBeNull();
});

it("lets viewers look, not touch, in Korean", async () => {
  serve();
  await open("/memory", { role: "viewer", language: "ko" });
  expect(await screen.findByRole("radio", { name: /^균형/ })).toBeDisabled();
  expect(screen.queryByRole("button", { name: "지금 비우기" })).toBeNull();
});
