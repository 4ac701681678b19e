// The overview: its sentence, what needs you, and what shows when something is missing.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Attention } from "@/api/types";
import { rhythmOf } from "@/features/overview/rhythm";
import { attention } from "../../mock/answer";
import { overview } from "../../mock/shop";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const nothing = { count: 0, items: [] };
const calm: Attention = { total: 0, decisions: nothing, approvals: nothing, incidents: nothing };
/** A shop with other things that wait for a person. */
const both = (waiting: Attention, changes: object = {}) =>
  serve(({ url }) => {
    if (url.pathname.endsWith("/attention")) return { status: 200, body: waiting };
    return url.pathname.endsWith("/overview") ? { status: 200, body: { ...overview, ...changes } } : undefined;
  });
/** A shop in which nothing waits. */
const shows = (changes: object) => both(calm, changes);
const gain = (mean: number, low: number | null, high: number | null) => ({
  worth: { ...overview.worth, gain: { mean, low, high, unit: "GBP" } },
});

describe("its sentence", () => {
  it.each([
    ["earned £3,000 more", gain(3000, 1000, 5000)],
    ["earned £3,000 less", gain(-3000, -5000, -1000)],
    ["no clear difference", gain(500, -900, 1900)],
    ["still being measured", gain(500, null, null)],
    ["first decisions arrive shortly", { did: { ...overview.did, executed: 0, shadowed: 0 } }],
    ["still proving themselves", { did: { ...overview.did, executed: 0, shadowed: 12 } }],
  ])("says “%s”", async (words, changes) => {
    shows(changes);
    await open("/");
    expect(await screen.findByRole("heading", { level: 1, name: new RegExp(words) })).toBeVisible();
  });
  it("says that agents ask, where nothing is carried out before somebody answers", async () => {
    both({ ...calm, total: 12, decisions: { count: 12, items: [] } }, { did: { ...overview.did, executed: 0, shadowed: 0, by_day: [] } });
    await open("/");
    expect(await screen.findByRole("heading", { level: 1, name: /^Your agents propose 12 decisions and wait/ })).toBeVisible();
    expect(screen.queryByText(/^last/)).toBeNull();
  });
  it("says it in Korean", async () => {
    shows(gain(3000, 1000, 5000));
    await open("/", { language: "ko" });
    expect(await screen.findByRole("heading", { level: 1, name: /£3,000 더 벌었습니다/ })).toBeVisible();
  });
});

it("approves a waiting decision after asking once more", async () => {
  const log = serve();
  await open("/");
  const [approve] = await screen.findAllByRole("button", { name: /^Approve:/ });
  await userEvent.click(approve as HTMLElement);
  const dialog = screen.getByRole("dialog", { name: "Approve this decision?" });
  await userEvent.type(within(dialog).getByRole("textbox"), "go ahead");
  await userEvent.click(within(dialog).getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(log.find(({ url }) => url.pathname.endsWith("/approve"))?.body).toEqual({ note: "go ahead" }));
  expect(await screen.findByText("Approved.")).toBeVisible();
});

describe("what needs you", () => {
  const some = structuredClone(attention());
  const whole: Attention = { ...some, total: some.total - some.decisions.count + 12, decisions: { ...some.decisions, count: 12 } };
  const only = (kind: "decisions" | "approvals" | "incidents"): Attention => ({ ...calm, [kind]: whole[kind], total: whole[kind].count });

  it("lists incidents, approvals and decisions, each with its page", async () => {
    both(whole);
    await open("/");
    const card = await screen.findByRole("region", { name: "Waiting for you" });
    const [incident, approval] = [whole.incidents.items[0], whole.approvals.items[0]];
    expect(await within(card).findByRole("link", { name: incident?.title.en })).toHaveAttribute("href", `/incidents/${incident?.id}`);
    expect(within(card).getByRole("link", { name: approval?.words.en })).toHaveAttribute("href", `/workflows/${approval?.run_id}/steps/${approval?.step}`);
    expect(within(card).getByRole("link", { name: `See all: ${whole.decisions.count} decisions` })).toHaveAttribute("href", "/decisions?status=waiting");
    expect(screen.getByText(`${whole.total} things`)).toBeVisible();
  });
  it("answers with the same figures at the bell, on the rail and at the top", async () => {
    both(whole);
    await open("/");
    await screen.findByText(`${whole.total} things`);
    const rail = screen.getAllByRole("navigation", { name: "Main menu" })[0] as HTMLElement;
    expect(within(rail).getByRole("img", { name: `${whole.decisions.count} decisions wait for you` })).toBeVisible();
    expect(within(rail).getByRole("img", { name: "1 approval waits for you" })).toBeVisible();
    expect(within(rail).getByRole("img", { name: /incidents? needs? you/ })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: `${whole.total} things wait for you` }));
    const menu = within(screen.getByRole("menu", { name: `${whole.total} things wait for you` }));
    expect(menu.getByRole("menuitem", { name: whole.approvals.items[0]?.words.en })).toBeVisible();
    expect(menu.getByRole("menuitem", { name: `See all ${whole.decisions.count} decisions` })).toBeVisible();
  });
  it.each([
    ["incidents", "Recovery could not mend it by itself.", "/incidents?status=escalated"],
    ["approvals", "Runs go on as soon as you have answered.", "/workflows"],
    ["decisions", "Beyond the agents’ limits, so they ask.", "/decisions?status=waiting"],
  ] as const)("leads to %s where only they wait", async (kind, words, to) => {
    both(only(kind));
    await open("/");
    expect(await screen.findByText(words)).toBeVisible();
    expect(screen.getByRole("link", { name: "Review" })).toHaveAttribute("href", to);
    expect(screen.queryByText("Nothing waits for you")).toBeNull();
  });
  it("says that nothing waits only when that is known", async () => {
    serve(({ url }) => (url.pathname.endsWith("/attention") ? { status: 503, body: { status: 503, title: "", detail: "", remedy: "" } } : undefined));
    await open("/");
    await screen.findByText("Latest decisions");
    expect(screen.queryByText("Nothing waits for you")).toBeNull();
    expect(screen.getByRole("button", { name: "What waits for you" })).toBeVisible();
  });
  it("approves what a run waits for", async () => {
    const log = both(only("approvals"));
    await open("/");
    await userEvent.click(await screen.findByRole("button", { name: /^Approve reorder/ }));
    await userEvent.click(within(screen.getByRole("dialog", { name: "Approve this?" })).getByRole("button", { name: "Approve" }));
    await waitFor(() => expect(log.find(({ method, url }) => method === "POST" && url.pathname.includes("/signals/"))?.body).toEqual({ payload: { approved: true, note: "" } }));
  });
  it("offers a viewer the lines without the buttons", async () => {
    both(whole);
    await open("/", { role: "viewer" });
    const card = await screen.findByRole("region", { name: "Waiting for you" });
    await within(card).findByRole("link", { name: whole.approvals.items[0]?.words.en });
    expect(within(card).queryByRole("button", { name: /^(Approve|Reject)/ })).toBeNull();
  });
});

describe("the rhythm of what was done", () => {
  const on = (...days: [string, number][]) => days.map(([date, count]) => ({ date, count }));
  it("is days where agents decide about daily, with zero for a day of rest", () => {
    expect(rhythmOf(on(["2026-03-02", 4], ["2026-03-03", 1], ["2026-03-05", 2]))).toEqual({ unit: "days", counts: [4, 1, 0, 2] });
  });
  it("is weeks where they decide weekly, with what a person approved in between", () => {
    expect(rhythmOf(on(["2026-03-02", 4], ["2026-03-09", 3], ["2026-03-11", 1], ["2026-03-23", 2]))).toEqual({ unit: "weeks", counts: [4, 3, 1, 2] });
  });
  it("shows at most four weeks of days, and nothing where nothing was done", () => {
    const days = Array.from({ length: 40 }, (_, index) => ({ date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10), count: index }));
    expect(rhythmOf(days).counts).toEqual(Array.from({ length: 28 }, (_, index) => index + 12));
    expect(rhythmOf([])).toEqual({ unit: "days", counts: [] });
  });
  it("is told in words", async () => {
    shows({ did: { ...overview.did, by_day: on(["2026-03-02", 4], ["2026-03-09", 3], ["2026-03-16", 2]) } });
    await open("/");
    expect(await screen.findByText("last 3 weeks")).toBeVisible();
  });
});

it("offers a viewer nothing that the server would refuse", async () => {
  serve();
  await open("/", { role: "viewer" });
  await screen.findByRole("heading", { level: 1 });
  await screen.findByText("Latest decisions");
  expect(screen.queryByRole("button", { name: /^Approve:/ })).toBeNull();
  expect(screen.queryByRole("button", { name: "Pause the simulated clock" })).toBeNull();
});

it("says at the top that an agent broke", async () => {
  shows({ agents: [{ ...overview.agents[0], state: "quarantined" }] });
  await open("/");
  expect(await screen.findByText("Replenishment is not working")).toBeVisible();
});

it("says what will appear in an empty shop", async () => {
  shows({
    recent: [],
    stock: { ...overview.stock, products: 0 },
    worth: { ...overview.worth, series: [] },
  });
  await open("/");
  for (const text of ["No decisions yet", "Nothing waits for you", "No products yet", "The comparison appears after the first week"])
    expect(await screen.findByText(text)).toBeVisible();
});

it("says what went wrong and tries again when asked", async () => {
  let broken = true;
  serve(({ url }) => (broken && url.pathname.endsWith("/overview") ? { status: 500, body: { detail: "The disk is full." } } : undefined));
  await open("/");
  expect(await screen.findByText("Something broke on the server")).toBeVisible();
  expect(screen.getByText("The disk is full.")).toBeVisible();
  broken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Latest decisions")).toBeVisible();
});

it("shows the tour on the first visit and never again", async () => {
  serve();
  const { store } = await open("/", { preferences: { tourSeen: false } });
  expect(await screen.findByText("Agents see your sales and your stock")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Next" }));
  await userEvent.click(screen.getByRole("button", { name: "Next" }));
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await waitFor(() => expect(screen.queryByText("You can stop them at any time")).toBeNull());
  expect(store.getState().preferences.tourSeen).toBe(true);
  expect(localStorage.getItem("maestro.preferences")).toContain('"tourSeen":true');
});
