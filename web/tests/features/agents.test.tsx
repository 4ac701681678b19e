// Agents: how far each is trusted and on what evidence, and a person's hold on it.
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DecisionSummary } from "@/api/types";
import { gainsOption, latestGains, shownCycles } from "@/features/agents/gainsChart";
import { promiseOption, promisesOf } from "@/features/agents/promiseChart";
import { actsAlone, barPoints, keptPromises, stepsOf } from "@/features/agents/trust";
import { palettes } from "@/theme/palette";
import { decisions } from "../../mock/decisions";
import { agent } from "../../mock/shop";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const before = structuredClone(agent);
beforeEach(() => {
  Object.assign(agent, structuredClone(before));
});

describe("trust", () => {
  const evidence = { ...agent.evidence, towards: "full" as const };
  it("has levels passed, present, next and closed", () => {
    expect(stepsOf({ level: "bounded", cap: "full", evidence })).toEqual({ shadow: "passed", advise: "passed", bounded: "present", full: "next" });
    expect(stepsOf({ level: "shadow", cap: "advise", evidence: { ...evidence, towards: null } })).toEqual({
      shadow: "present",
      advise: "later",
      bounded: "closed",
      full: "closed",
    });
  });
  it("acts alone only inside limits and while it runs", () => {
    const state = "running";
    expect(actsAlone({ level: "bounded", stopped: false, state })).toBe(true);
    expect(actsAlone({ level: "full", stopped: true, state })).toBe(false);
    expect(actsAlone({ level: "advise", stopped: false, state })).toBe(false);
    expect(actsAlone({ level: "full", stopped: false, state: "quarantined" })).toBe(false);
  });
  it("never shows a proof as complete before it is", () => {
    expect([barPoints(99.97), barPoints(-3), barPoints(140)]).toEqual([99, 0, 100]);
  });
  it("sums what was promised and what came", () => {
    const made = (mean: number, gain: number, covered: boolean) =>
      ({ predicted: { mean }, measured: { gain, covered } }) as DecisionSummary;
    expect(keptPromises([made(10, 8, true), made(5, -1, false), { measured: null } as DecisionSummary])).toEqual({
      count: 2,
      expected: 15,
      realised: 7,
      covered: 0.5,
    });
    expect(keptPromises([])).toBeNull();
  });
});

describe("the pictures", () => {
  it("shows the latest cycles, oldest first", () => {
    const gains = Array.from({ length: 60 }, (_, index) => ({ cycle: `${index}`, at: new Date(Date.UTC(2026, 0, 60 - index)).toISOString(), gain: index, normalised: 0, covered_share: 1 }));
    const shown = latestGains(gains);
    expect(shown).toHaveLength(shownCycles);
    expect((shown[0]?.at ?? "") < (shown.at(-1)?.at ?? "")).toBe(true);
  });
  it("colours each bar by its sign", () => {
    const words = { gain: "", covered: "", date: String, shortDate: String, axis: String, money: String, percent: String };
    const option = gainsOption(agent.gains, words, (value) => (value < 0 ? "loss" : "gain"), palettes.light) as { series: { data: { value: number; itemStyle: { color: string } }[] }[] };
    expect(option.series[0]?.data.every(({ value, itemStyle }) => itemStyle.color === (value < 0 ? "loss" : "gain"))).toBe(true);
  });
  it("tells points inside their interval from those outside by shape as well", () => {
    const points = promisesOf(decisions, ({ id }) => id);
    const words = { expected: "", realised: "", interval: "", agree: "", axis: String, money: String, range: String };
    const option = promiseOption(points, words, palettes.light) as { series: { symbol: string; data: unknown[] }[] };
    expect(option.series.map(({ symbol }) => symbol)).toEqual(["circle", "diamond"]);
    expect(option.series.flatMap(({ data }) => data)).toHaveLength(points.length);
  });
});

it("says how many agents act by themselves, with their proof in words", async () => {
  serve();
  await open("/agents");
  expect(await screen.findByRole("heading", { level: 1, name: "1 of 2 agents acts by itself" })).toBeVisible();
  expect(screen.getByText("64 of 100 points towards “Full”")).toBeVisible();
  expect(screen.getByRole("progressbar", { name: "Does better than the plain rule" })).toHaveAttribute("aria-valuenow", "64");
  expect(within(screen.getAllByRole("list", { name: "Levels of trust" })[0] as HTMLElement).getByText("Bounded").closest("li")).toHaveAttribute("aria-current", "step");
});

it("says what will appear where there are no agents", async () => {
  serve(({ url }) => (url.pathname.endsWith("/agents") ? { status: 200, body: { items: [], stopped: false } } : undefined));
  await open("/agents");
  expect(await screen.findByText("Agents will be listed here")).toBeVisible();
});

it("stops an agent only after asking, and lets it go on", async () => {
  const log = serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Stop Replenishment?" })).getByRole("button", { name: "Stop" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Replenishment is stopped" })).toBeVisible();
  expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ stopped: true });
  expect(screen.getByRole("button", { name: "Let it go on" })).toBeVisible();
});

it("stops all agents after saying what that means, by the keyboard, and lets all go on", async () => {
  const log = serve();
  await open("/agents");
  const button = await screen.findByRole("button", { name: "Stop all agents" });
  button.focus();
  await userEvent.keyboard("{Enter}");
  const dialog = screen.getByRole("dialog", { name: "Stop all agents?" });
  expect(dialog).toHaveTextContent("From now on no agent acts.");
  expect(dialog).toHaveTextContent("until somebody lets all agents go on");
  expect(within(dialog).getByRole("button", { name: "Stop all agents" })).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "All agents are stopped" })).toBeVisible();
  const sent = log.filter(({ method }) => method === "POST");
  expect(sent.map(({ url }) => url.pathname)).toEqual(["/api/v1/agents/stop"]);
  expect(sent[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  await userEvent.click(await screen.findByRole("button", { name: "Let all go on" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Let all agents go on?" })).getByRole("button", { name: "Let all go on" }));
  expect(await screen.findByRole("heading", { level: 1, name: "1 of 2 agents acts by itself" })).toBeVisible();
});

it("offers to let all go on while all are stopped, and no way to let one go on", async () => {
  agent.all_stopped = true;
  serve();
  await open("/agents/replenishment");
  expect(await screen.findByText("All agents are stopped")).toBeVisible();
  for (const name of ["Stop", "Let it go on"]) expect(screen.queryByRole("button", { name })).toBeNull();
  await userEvent.click(within(screen.getByRole("alert")).getByRole("button", { name: "Let all go on" }));
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Let all go on" }));
  expect(await screen.findByRole("button", { name: "Stop" })).toBeVisible();
});

it("says why an agent is out of service, and puts it back to work after asking", async () => {
  Object.assign(agent, { state: "quarantined", last_error: "The forecast service is down." });
  const log = serve();
  await open("/agents/replenishment");
  expect(await screen.findByRole("heading", { level: 1, name: "Replenishment is out of service" })).toBeVisible();
  expect(screen.getByText("What went wrong last: The forecast service is down.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Put back to work" }));
  const dialog = screen.getByRole("dialog", { name: "Put Replenishment back to work?" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Put back to work" }));
  expect(await screen.findByText("Replenishment is back at work from its next review.")).toBeVisible();
  expect(log.find(({ method }) => method === "POST")?.url.pathname).toBe("/api/v1/agents/replenishment/release");
  await waitFor(() => expect(screen.queryByText("Replenishment is out of service")).toBeNull());
});

it("leaves everything as it was when the question is cancelled", async () => {
  const log = serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(log.every(({ method }) => method !== "PATCH")).toBe(true);
});

it("sets a cap by the keyboard and says that the agent comes down", async () => {
  const log = serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Change the highest level" }));
  const dialog = screen.getByRole("dialog", { name: "How far may Replenishment rise?" });
  const none = within(dialog).getByRole("radio", { name: /No cap/ });
  expect(none).toHaveFocus();
  await userEvent.keyboard("{ArrowUp}{ArrowUp}");
  expect(within(dialog).getByRole("status")).toHaveTextContent("It comes down to Advise at once");
  await userEvent.click(within(dialog).getByRole("button", { name: "Set cap" }));
  await waitFor(() => expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ cap: "advise" }));
});

it("offers no level above the cap", async () => {
  agent.cap = "bounded";
  serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Change the level" }));
  expect(screen.getByRole("radio", { name: /^Full/ })).toBeDisabled();
  expect(screen.getByRole("button", { name: "Set level" })).toBeDisabled();
});

it("holds an agent at its level", async () => {
  const log = serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Hold" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Hold Replenishment at Bounded?" })).getByRole("button", { name: "Hold" }));
  expect(await screen.findByText("Held at Bounded")).toBeVisible();
  expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ pin: "bounded" });
});

it("moves a limit, and shows at the field what the server refused", async () => {
  const log = serve();
  await open("/agents/replenishment");
  await userEvent.click(await screen.findByRole("button", { name: "Change the limit: Most money a cycle" }));
  const dialog = screen.getByRole("dialog", { name: "Change a limit" });
  const field = within(dialog).getByLabelText("New limit");
  await userEvent.clear(field);
  await userEvent.type(field, "2000000");
  expect(within(dialog).getByRole("status")).toHaveTextContent("From £2,500 to £2,000,000");
  await userEvent.click(within(dialog).getByRole("button", { name: "Change limit" }));
  expect(await within(dialog).findByText(/hard limit 1,000,000/)).toBeVisible();
  await userEvent.clear(field);
  await userEvent.type(field, "3000");
  await userEvent.click(within(dialog).getByRole("button", { name: "Change limit" }));
  expect(await screen.findByText("The limit is now £3,000.")).toBeVisible();
  expect(log.findLast(({ method }) => method === "PATCH")?.body).toEqual({ guardrails: { budget: 3000 } });
});

it("shows the track record: promised, realised, and how often the intervals held", async () => {
  serve();
  await open("/agents/replenishment");
  const card = await screen.findByRole("region", { name: "What it promised, and what came of it" });
  expect(await within(card).findByText(/Realised over the last \d+ measured decisions/)).toBeVisible();
  expect(within(card).getByText("80% intervals that held what came")).toBeVisible();
});

it("shows viewers the evidence but no controls", async () => {
  serve();
  await open("/agents/replenishment", { role: "viewer" });
  expect(await screen.findByText("What you decide")).toBeVisible();
  for (const name of ["Stop", "Hold", "Change the level"]) expect(screen.queryByRole("button", { name })).toBeNull();
});

it("shows viewers that an agent is out of service, and no way to move agents", async () => {
  Object.assign(agent, { state: "quarantined", last_error: "The forecast service is down." });
  serve();
  const { router } = await open("/agents/replenishment", { role: "viewer" });
  expect(await screen.findByText("Replenishment is out of service")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Put back to work" })).toBeNull();
  await act(() => router.navigate("/agents"));
  expect(await screen.findByRole("heading", { level: 1, name: "None of 2 agents acts by itself yet" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Stop all agents" })).toBeNull();
});

it("reads in Korean", async () => {
  serve();
  await open("/agents/replenishment", { language: "ko" });
  expect(await screen.findByRole("heading", { level: 1, name: "재주문 에이전트가 한도 안에서 스스로 실행합니다" })).toBeVisible();
  expect(screen.getByRole("button", { name: "중지" })).toBeVisible();
});

it("offers the switch of all agents in Korean", async () => {
  serve();
  await open("/agents", { language: "ko" });
  await userEvent.click(await screen.findByRole("button", { name: "모든 에이전트 중지" }));
  expect(screen.getByRole("dialog", { name: "모든 에이전트를 중지할까요?" })).toHaveTextContent("승인도 할 수 없습니다");
});
