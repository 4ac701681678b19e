// Tasks: the backlog with its explained priorities, what is foreseen, and what a person may change.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Factor, Task } from "@/api/machine";
import { changeOf } from "@/features/tasks/ChangeTaskDialog";
import { barOf, byWeight } from "@/features/tasks/factors";
import { isLate } from "@/features/tasks/taskColumns";
import { tasks } from "../../mock/machine/tasks";
import { open, type Sent, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

/** Short pages: a long table makes tests slow, and none needs it. */
const short = ({ method, url }: Sent) => {
  if (method === "GET" && url.searchParams.has("limit")) url.searchParams.set("limit", "5");
  return undefined;
};

const before = structuredClone(tasks);
beforeEach(() => {
  tasks.splice(0, tasks.length, ...structuredClone(before));
});
const waiting = before.find(({ status, deadline }) => status === "waiting" && deadline) as Task;

describe("factors", () => {
  const factor = (name: string, contribution: number): Factor => ({ name, contribution, value: contribution, weight: 1, words: { en: "", ko: "" } });
  const factors = [factor("age", 0.1), factor("urgency", 0.4), factor("complexity", -0.2)];
  it("are told heaviest first, whatever their sign", () => {
    expect(byWeight(factors).map(({ name }) => name)).toEqual(["urgency", "complexity", "age"]);
  });
  it("leave room to the left only where some lower the priority", () => {
    expect(barOf(0.4, factors)).toEqual({ left: 50, width: 50 });
    expect(barOf(-0.2, factors)).toEqual({ left: 25, width: 25 });
    expect(barOf(0.1, [factor("age", 0.1), factor("urgency", 0.4)])).toEqual({ left: 0, width: 25 });
  });
});

describe("a change", () => {
  const task = { ...waiting, deadline: "2026-03-14T12:30:00Z", value: 2, boost: 0 };
  const same = { deadline: "2026-03-14T12:30", value: "2", boost: "0" };
  it("holds only what differs", () => {
    expect(changeOf(task, same)).toEqual({});
    expect(changeOf(task, { ...same, value: "3.5", boost: "-0.5" })).toEqual({ value: 3.5, boost: -0.5 });
  });
  it("takes a deadline away when the field is empty, and reads it as UTC", () => {
    expect(changeOf(task, { ...same, deadline: "" })).toEqual({ deadline: null });
    expect(changeOf(task, { ...same, deadline: "2026-03-15T08:00" })).toEqual({ deadline: "2026-03-15T08:00:00.000Z" });
  });
});

it("knows what will be late", () => {
  const ends = { at: "2026-03-14T12:00:00Z", low: "2026-03-14T11:00:00Z", high: "2026-03-14T13:00:00Z" };
  expect(isLate({ deadline: "2026-03-14T11:59:00Z", ends, ended_at: null })).toBe(true);
  expect(isLate({ deadline: "2026-03-14T12:01:00Z", ends, ended_at: null })).toBe(false);
  expect(isLate({ deadline: null, ends, ended_at: null })).toBe(false);
});

it("says of what failed what went wrong", async () => {
  serve(short);
  await open("/tasks?status=failed");
  expect((await screen.findAllByText("PermanentError: the supplier refused the order"))[0]).toBeVisible();
});

it("answers how much waits, and what the scheduler foresees", async () => {
  serve(short);
  await open("/tasks");
  expect(await screen.findByRole("heading", { level: 1, name: "412 tasks wait, 15 are at work, 1 waits for an answer or an event" })).toBeVisible();
  const card = await screen.findByRole("region", { name: "What comes next" });
  expect(within(card).getByText(/more work will still wait than 16 tasks at once get through/)).toBeVisible();
  expect(within(card).getByText("15 of 16 at work")).toBeVisible();
  expect(within(card).getByText(/the tasks would end 21m earlier together/)).toBeVisible();
  expect(within(card).getByText(/Retraining waits for the one graphics card/)).toBeVisible();
});

it("explains the priority of a task, factor by factor", async () => {
  serve(short);
  const first = before[0] as Task;
  const { router } = await open("/tasks");
  await userEvent.click(await screen.findByText(`${first.workflow} · ${first.id}`));
  const panel = await screen.findByRole("dialog", { name: first.kind });
  expect(router.state.location.pathname).toBe(`/tasks/${first.id}`);
  expect(within(panel).getByRole("heading", { name: /^Why its priority is/ })).toBeVisible();
  expect(within(within(panel).getByRole("list", { name: "What the priority rests on" })).getAllByRole("listitem")).toHaveLength(7);
  expect(within(panel).getByText("Urgency")).toBeVisible();
});

it("changes deadline, value and push, sending only what differs", async () => {
  const log = serve(short);
  await open(`/tasks/${waiting.id}`);
  await userEvent.click(await screen.findByRole("button", { name: "Change" }));
  const dialog = screen.getByRole("dialog", { name: `Change “${waiting.kind}”` });
  const button = within(dialog).getByRole("button", { name: "Change task" });
  expect(button).toBeDisabled();
  const push = within(dialog).getByLabelText("Push");
  await userEvent.clear(push);
  await userEvent.type(push, "3");
  expect(within(dialog).getByRole("status")).toHaveTextContent("the push between −1 and 1");
  expect(button).toBeDisabled();
  await userEvent.clear(push);
  await userEvent.type(push, "0.5");
  await userEvent.click(button);
  expect(await screen.findByText("Changed.")).toBeVisible();
  expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ boost: 0.5 });
});

it("says of a task whose run waits for a person that it does, and invents no end", async () => {
  serve(short);
  const paused = before.find(({ waits_for: pause }) => pause) as Task;
  await open(`/tasks/${paused.id}`);
  const panel = await screen.findByRole("dialog", { name: paused.kind });
  expect(await within(panel).findByText("Waits for an answer")).toBeVisible();
  expect(within(panel).getByText("After an answer")).toBeVisible();
  expect(within(panel).queryByText("At work")).toBeNull();
});

it("says where too little is known to foresee anything", async () => {
  const found = tasks.find(({ id }) => id === waiting.id) as Task;
  Object.assign(found, { estimate_s: null, ends: null });
  serve(short);
  await open(`/tasks/${waiting.id}`);
  const panel = await screen.findByRole("dialog", { name: waiting.kind });
  expect(await within(panel).findAllByText("Not known yet")).toHaveLength(2);
});

it("cancels a task only after asking", async () => {
  const log = serve(short);
  await open(`/tasks/${waiting.id}`);
  await userEvent.click(await screen.findByRole("button", { name: "Cancel task" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: `Cancel “${waiting.kind}”?` })).getByRole("button", { name: "Cancel task" }));
  await waitFor(() => expect(log.some(({ method, url }) => method === "POST" && url.pathname.endsWith(`/${waiting.id}/cancel`))).toBe(true));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Change" })).toBeNull());
});

it("says what will appear where the backlog is empty", async () => {
  tasks.splice(0, tasks.length);
  serve();
  await open("/tasks");
  expect(await screen.findByText("The backlog is empty")).toBeVisible();
  expect(await screen.findByRole("heading", { level: 1, name: "Nothing waits: the backlog is empty" })).toBeVisible();
});

it("reads in Korean, and hides from viewers what they may not do", async () => {
  serve(short);
  await open(`/tasks/${waiting.id}`, { language: "ko", role: "viewer" });
  expect(await screen.findByRole("list", { name: "우선순위의 근거" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "변경" })).toBeNull();
});
