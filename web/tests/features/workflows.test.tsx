// Workflows: the list of runs with what waits for a person, and one run with its steps and what may be done to it.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runDetails, runs, waits } from "../../mock/machine/runs";
import { open, type Sent, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

/** Short pages: a long table makes tests slow, and none needs it. */
const short = ({ method, url }: Sent) => {
  if (method === "GET" && url.searchParams.has("limit")) url.searchParams.set("limit", "5");
  return undefined;
};

const before = structuredClone({ runs, waits, details: [...runDetails] });
beforeEach(() => {
  runs.splice(0, runs.length, ...structuredClone(before.runs));
  waits.splice(0, waits.length, ...structuredClone(before.waits));
  for (const [id, detail] of structuredClone(before.details)) runDetails.set(id, detail);
});

const empty = { status: 200, body: { items: [], next_cursor: null, total: 0 } };

it("says first how much runs and what waits for a person", async () => {
  serve(short);
  await open("/workflows");
  expect(await screen.findByRole("heading", { level: 1, name: "6 runs are at work, 1 waits for your approval" })).toBeVisible();
  const waiting = screen.getByRole("region", { name: "Waits for your approval" });
  expect(within(waiting).getByText(/Orders worth £4,210/)).toBeVisible();
  expect(await screen.findByText("1–5 of 1,240")).toBeVisible();
});

it("filters and pages on the server", async () => {
  const log = serve(short);
  const { router } = await open("/workflows");
  await screen.findByText("1–5 of 1,240");
  await userEvent.click(screen.getByRole("button", { name: "Failed" }));
  await waitFor(() => expect(log.at(-1)?.url.searchParams.getAll("status")).toEqual(["failed", "stuck"]));
  expect(router.state.location.search).toBe("?status=failed");
  await userEvent.type(screen.getByRole("searchbox", { name: "Search run ids" }), "import");
  await waitFor(() => expect(log.some(({ url }) => url.searchParams.get("q") === "import" && url.searchParams.get("status") === "failed")).toBe(true));
});

it("approves what waits only after asking, and takes a note along", async () => {
  const log = serve(short);
  await open("/workflows");
  await userEvent.click(await screen.findByRole("button", { name: "Approve run-00002 approve_large" }));
  const dialog = screen.getByRole("dialog", { name: "Approve this?" });
  await userEvent.type(within(dialog).getByLabelText("Note (optional)"), "spring order");
  await userEvent.click(within(dialog).getByRole("button", { name: "Approve" }));
  expect(await screen.findByText("Approved. The run goes on.")).toBeVisible();
  const sent = log.find(({ method }) => method === "POST");
  expect(sent?.url.pathname).toBe("/api/v1/workflows/run-00002/signals/approve_large");
  expect(sent?.body).toEqual({ payload: { approved: true, note: "spring order" } });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Waits for your approval" })).toBeNull());
});

describe("a run that waits for an event", () => {
  const waiting = before.waits.find(({ kind }) => kind === "event");
  const path = `/workflows/${waiting?.run_id}`;

  it("names what it waits for and how it is told", async () => {
    serve(short);
    await open(path);
    expect(await screen.findByText(/Waits for the goods of PO-2217/)).toBeVisible();
    expect(screen.getByText(new RegExp(`POST /api/v1/workflows/${waiting?.run_id}/signals/${waiting?.topic}`))).toBeVisible();
  });
  it("takes the event by hand, after asking, and only as JSON", async () => {
    const log = serve(short);
    await open(path);
    await userEvent.click(await screen.findByRole("button", { name: "Send event…" }));
    const dialog = screen.getByRole("dialog", { name: `Send “${waiting?.topic}” by hand?` });
    const field = within(dialog).getByLabelText("Payload (JSON)");
    fireEvent.change(field, { target: { value: "three" } });
    expect(within(dialog).getByText(/This is no JSON/)).toBeVisible();
    await userEvent.click(within(dialog).getByRole("button", { name: "Send" }));
    expect(log.some(({ method }) => method === "POST")).toBe(false);
    fireEvent.change(field, { target: { value: '{"pallets": 3}' } });
    await userEvent.click(within(dialog).getByRole("button", { name: "Send" }));
    expect(await screen.findByText("Sent. The run goes on.")).toBeVisible();
    const sent = log.find(({ method }) => method === "POST");
    expect(sent?.url.pathname).toBe(`/api/v1/workflows/${waiting?.run_id}/signals/${waiting?.topic}`);
    expect(sent?.body).toEqual({ payload: { pallets: 3 } });
  });
  it("offers a viewer no button", async () => {
    serve(short);
    await open(path, { role: "viewer" });
    await screen.findByText(/Waits for the goods of PO-2217/);
    expect(screen.queryByRole("button", { name: "Send event…" })).toBeNull();
  });
});

it("says why a step waits that no worker could do", async () => {
  const run = runDetails.get("run-00026");
  if (run?.steps[0]) Object.assign(run.steps[0], { status: "running", held_up: { en: "No worker offers gpu=1. Add one with: maestro worker", ko: "gpu=1 자원을 제공하는 작업자가 없습니다." } });
  serve(short);
  await open("/workflows/run-00026?view=timeline");
  expect(await screen.findByText(/No worker offers gpu=1/)).toBeVisible();
});

it("says what will appear where nothing ever ran", async () => {
  serve(({ url }) => (/\/(workflows|waits)$/.test(url.pathname) ? empty : undefined));
  await open("/workflows");
  expect(await screen.findByText("Runs will be listed here")).toBeVisible();
  expect(screen.getByRole("heading", { level: 1, name: "Nothing is at work" })).toBeVisible();
});

it("says what went wrong where the server gives no list", async () => {
  serve(({ url }) => (url.pathname.endsWith("/workflows") ? { status: 500, body: { status: 500, title: "", detail: "The journal is closed.", remedy: "" } } : undefined));
  await open("/workflows");
  expect(await screen.findByText("The journal is closed.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

it("shows a run on its timeline, every step a link with its words", async () => {
  serve(short);
  await open("/workflows/run-00026?view=timeline");
  expect(await screen.findByRole("heading", { level: 1, name: "reorder failed" })).toBeVisible();
  expect(screen.getByText("PermanentError: the supplier refused the order: account on hold")).toBeVisible();
  const steps = within(screen.getByRole("list", { name: "Timeline of 9 steps" })).getAllByRole("link");
  expect(steps).toHaveLength(9);
  expect(steps.map((step) => step.getAttribute("aria-label"))).toContainEqual(expect.stringMatching(/^forecast, Succeeded, 43s, expected 41s$/));
});

it("opens a step beside the run, with its attempts, inputs and output, at an address of its own", async () => {
  serve(short);
  const { router } = await open("/workflows/run-00026?view=timeline");
  await userEvent.click(await screen.findByRole("link", { name: /^load_sales/ }));
  const panel = await screen.findByRole("dialog", { name: "load_sales" });
  expect(router.state.location.pathname).toBe("/workflows/run-00026/steps/load_sales");
  expect(within(panel).getByText("Attempts (3)")).toBeVisible();
  expect(within(panel).getByRole("region", { name: "Output" })).toHaveTextContent('"rows"');
  await userEvent.click(within(panel).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/workflows/run-00026"));
  expect(router.state.location.search).toBe("?view=timeline");
});

it("copies a step's output", async () => {
  serve(short);
  const user = userEvent.setup();
  await open("/workflows/run-00026/steps/load_sales?view=timeline");
  await user.click(await screen.findByRole("button", { name: "Copy Output" }));
  expect(await screen.findByText("Copied.")).toBeVisible();
  expect(JSON.parse(await navigator.clipboard.readText())).toHaveProperty("rows");
});

it("fetches long values whole only when asked", async () => {
  const step = runDetails.get("run-00026")?.steps[0];
  if (step) step.cut = true;
  const log = serve(({ url }) => {
    const run = runDetails.get("run-00026");
    if (!url.searchParams.has("full") || !run) return undefined;
    return { status: 200, body: { ...run, steps: run.steps.map((one) => ({ ...one, cut: false, output: { whole: true } })) } };
  });
  await open(`/workflows/run-00026/steps/${step?.name}?view=timeline`);
  expect(await screen.findByText("Long values are shown in part.")).toBeVisible();
  expect(log.some(({ url }) => url.searchParams.has("full"))).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  await waitFor(() => expect(screen.getByRole("region", { name: "Output" })).toHaveTextContent('"whole": true'));
});

it("cancels a run only after asking", async () => {
  const log = serve(short);
  await open("/workflows/run-00001?view=timeline");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel run" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Cancel train_forecasts run-00001?" })).getByRole("button", { name: "Cancel run" }));
  expect(await screen.findByRole("heading", { level: 1, name: "train_forecasts was cancelled" })).toBeVisible();
  expect(log.filter(({ method }) => method === "POST").map(({ url }) => url.pathname)).toEqual(["/api/v1/workflows/run-00001/cancel"]);
});

it("offers to undo what a cancelled run did, and says what follows", async () => {
  const log = serve(short);
  await open("/workflows/run-00002?view=timeline");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel run" }));
  const dialog = screen.getByRole("dialog", { name: "Cancel reorder run-00002?" });
  const choice = within(dialog).getByRole("checkbox", { name: /^Also undo what it did/ });
  expect(choice).toHaveAccessibleDescription(/it can be restarted, but not resumed/);
  await userEvent.click(choice);
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel run" }));
  expect(await screen.findByText("Cancelled. What it did is being undone.")).toBeVisible();
  expect(log.find(({ method }) => method === "POST")?.body).toEqual({ undo: true });
});

it("offers no undo where nothing could be undone, and no resume of what was undone", async () => {
  serve(short);
  const run = runDetails.get("run-00002");
  if (run) run.can.undo = false;
  await open("/workflows/run-00002?view=timeline");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel run" }));
  expect(within(screen.getByRole("dialog")).queryByRole("checkbox")).toBeNull();
});

it("says in words and picture that a wait was rejected or timed out, by whom and why", async () => {
  const run = runDetails.get("run-00026");
  const [first, second] = run?.steps ?? [];
  if (first) Object.assign(first, { kind: "approval", status: "succeeded", answer: { word: "rejected", by: "kim@example.com", note: "too dear" } });
  if (second) Object.assign(second, { kind: "event", status: "succeeded", answer: { word: "timed_out", by: null, note: null } });
  serve(short);
  await open("/workflows/run-00026?view=timeline");
  expect(await screen.findByText(/was rejected by kim@example.com: “too dear”/)).toBeVisible();
  expect(screen.getByText(/nothing came in time/)).toBeVisible();
  await userEvent.click(screen.getByRole("link", { name: new RegExp(`^${first?.name}, Rejected`) }));
  const panel = await screen.findByRole("dialog", { name: first?.name });
  for (const text of ["Rejected", "kim@example.com", "too dear"]) expect(within(panel).getByText(text)).toBeVisible();
});

it("shows at a step how it was undone", async () => {
  const step = runDetails.get("run-00026")?.steps[0];
  if (step) Object.assign(step, { status: "undone", undo: [{ at_s: null, started_at: step.started_at, ended_at: step.ended_at, seconds: 0.4, error: null }] });
  serve(short);
  await open(`/workflows/run-00026/steps/${step?.name}?view=timeline`);
  expect(await screen.findByRole("heading", { name: "Undo: attempts (1)" })).toBeVisible();
});

it("shows what came out, and the run it was restarted from", async () => {
  const done = [...runDetails.values()].find(({ status }) => status === "succeeded");
  if (done) done.restarted_from = "run-00033";
  serve(short);
  await open(`/workflows/${done?.id}?view=timeline`);
  expect(await screen.findByRole("region", { name: "Result" })).toBeVisible();
  expect(screen.getByRole("link", { name: "run-00033" })).toHaveAttribute("href", "/workflows/run-00033");
});

it("says that a run is not there, and waits for nothing more", async () => {
  serve(short);
  await open("/workflows/run-nowhere");
  expect(await screen.findByText("There is no such thing.")).toBeVisible();
  expect(document.querySelector(".MuiSkeleton-root")).toBeNull();
});

it("restarts from a step and goes to the new run", async () => {
  const log = serve(short);
  const { router } = await open("/workflows/run-00026?view=timeline");
  await userEvent.click(await screen.findByRole("button", { name: "Restart from…" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "forecast" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Restart from “forecast”?" })).getByRole("button", { name: "Restart" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/workflows/run-00001"));
  expect(log.find(({ method }) => method === "POST")?.body).toEqual({ from_step: "forecast" });
});

it("tells what was rolled back", async () => {
  const failed = [...runDetails.values()].find(({ steps }) => steps.some(({ status }) => status === "undo_failed"));
  serve(short);
  await open(`/workflows/${failed?.id}?view=timeline`);
  expect(await screen.findByText(/could not be undone; an incident was opened/)).toBeVisible();
});

it("draws the graph with every step by name and state", async () => {
  serve(short);
  await open("/workflows/run-00002?view=graph");
  const graph = await screen.findByRole("group", { name: "Graph of 9 steps" });
  expect(await within(graph).findByRole("link", { name: /^approve_large, Waiting, Approval by a person/ })).toHaveAttribute("href", "/workflows/run-00002/steps/approve_large?view=graph");
  for (const node of graph.querySelectorAll<HTMLElement>(".react-flow__node")) expect(node.style.pointerEvents).toBe("all");
});

it("lists definitions, and adaptations that can be taken back", async () => {
  const log = serve(short);
  await open("/workflows?tab=definitions");
  expect(await screen.findByRole("link", { name: "plan_stores" })).toBeVisible();
  await userEvent.click(screen.getByRole("tab", { name: "Adaptations" }));
  await userEvent.click(await screen.findByRole("button", { name: "Take back: Work 48 items in one chunk instead of 16." }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Take this adaptation back?" })).getByRole("button", { name: "Take back" }));
  expect(await screen.findByText("Taken back.")).toBeVisible();
  expect(log.some(({ method, url }) => method === "POST" && url.pathname.endsWith("/adaptations/a-1/revert"))).toBe(true);
});

it("starts a run with its inputs, and says what is begun", async () => {
  const log = serve(short);
  await open("/workflows?tab=definitions");
  await userEvent.click(await screen.findByRole("button", { name: "Start a run of import_sales" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Start a run of import_sales" }));
  expect(dialog.getByRole("status")).toHaveTextContent("Still needed: file, columns.");
  expect(dialog.getByRole("button", { name: "Start" })).toBeDisabled();
  await userEvent.type(dialog.getByRole("textbox", { name: /file/ }), "march.csv");
  await userEvent.type(dialog.getByRole("textbox", { name: /columns/ }), "[[1, 2");
  expect(dialog.getByText(/begins like JSON and is none/)).toBeVisible();
  await userEvent.type(dialog.getByRole("textbox", { name: /columns/ }), "]");
  expect(dialog.getByRole("status")).toHaveTextContent("Version 1 with its 5 steps goes into the backlog");
  await userEvent.click(dialog.getByRole("button", { name: "Start" }));
  expect(await screen.findByText("A run of import_sales is on its way.")).toBeVisible();
  const sent = log.find(({ method, url }) => method === "POST" && url.pathname.endsWith("/tasks"));
  expect(sent?.body).toEqual({ workflow: "import_sales", inputs: { file: "march.csv", columns: [1, 2] } });
});

it("shows viewers everything but the buttons", async () => {
  serve(short);
  await open("/workflows/run-00002?view=timeline", { role: "viewer" });
  expect(await screen.findByText(/Orders worth £4,210/)).toBeVisible();
  for (const name of ["Cancel run", "Approve approve_large", "Reject approve_large"]) expect(screen.queryByRole("button", { name })).toBeNull();
});

it("reads in Korean", async () => {
  serve(short);
  await open("/workflows/run-00002?view=timeline", { language: "ko" });
  expect(await screen.findByRole("heading", { level: 1, name: "reorder: 응답을 기다리고 있습니다" })).toBeVisible();
  expect(screen.getByRole("button", { name: "실행 취소" })).toBeVisible();
});
