// Workers: who works and how busy each was, the executors with their heartbeats, and the self-test.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { meanBusy, pathsOf, shadeOf, shades } from "@/features/workers/heat";
import { executors, pool } from "../../mock/machine/workers";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const before = structuredClone({ pool, executors });
beforeEach(() => {
  Object.assign(pool, structuredClone(before.pool), { items: structuredClone(before.pool.items).slice(0, 4) });
  executors.splice(0, executors.length, ...structuredClone(before.executors));
});

describe("the heat map", () => {
  it("tells idle from hardly busy, and ends at the darkest shade", () => {
    expect([0, 0.01, 0.2, 0.5, 0.99, 1].map(shadeOf)).toEqual([0, 1, 2, 3, shades, shades]);
  });
  it("draws every cell once, as part of the path of its shade", () => {
    const paths = pathsOf([{ worker: "a", busy: [0, 1] }, { worker: "b", busy: [1, 0.5] }]);
    expect(paths).toHaveLength(shades + 1);
    expect(paths.map((path) => path.split("z").length - 1)).toEqual([1, 0, 0, 1, 0, 2]);
    expect(paths[shades]).toContain("M0 22");
  });
  it("leaves blank what was not recorded, and does not count it as idle", () => {
    const paths = pathsOf([{ worker: "a", busy: [null, null, 1] }]);
    expect(paths.map((path) => path.split("z").length - 1)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(meanBusy([{ worker: "a", busy: [null, 1, 0.5] }])).toBe(0.75);
    expect(meanBusy([{ worker: "a", busy: [null] }])).toBe(0);
  });
  it("stays six shapes for a hundred workers", () => {
    const rows = Array.from({ length: 100 }, (_, row) => ({ worker: `w${row}`, busy: Array.from({ length: 60 }, (_unused, minute) => ((row * 7 + minute * 3) % 11) / 10) }));
    expect(pathsOf(rows)).toHaveLength(6);
    expect(meanBusy(rows)).toBeCloseTo(0.5, 1);
  });
  it("has a mean of nothing where nothing was recorded", () => {
    expect(meanBusy([])).toBe(0);
  });
});

it("says first how many work, and warns of a shortage", async () => {
  serve();
  await open("/workers");
  expect(await screen.findByRole("heading", { level: 1, name: /^\d of 4 workers are busy/ })).toBeVisible();
  expect(screen.getByText(/more work will still wait than 16 tasks at once get through/)).toBeVisible();
  const card = screen.getByRole("region", { name: "Load of the last hour" });
  expect(within(card).getByText(/On average the workers were \d+% busy/)).toBeVisible();
  await userEvent.click(within(card).getByRole("button", { name: "Show as table" }));
  expect(within(card).getByRole("columnheader", { name: "Last minute" })).toBeVisible();
  expect(within(card).getByText("Not recorded")).toBeVisible();
});

it("adds a worker, refusing what cannot be", async () => {
  const log = serve();
  await open("/workers");
  await userEvent.click(await screen.findByRole("button", { name: "Add worker" }));
  const dialog = screen.getByRole("dialog", { name: "Add a worker on this machine" });
  const field = within(dialog).getByLabelText("Tasks at the same time");
  await userEvent.clear(field);
  await userEvent.type(field, "0");
  expect(within(dialog).getByText("A whole number from 1 to 64.")).toBeVisible();
  expect(within(dialog).getByRole("button", { name: "Add worker" })).toBeDisabled();
  await userEvent.clear(field);
  await userEvent.type(field, "2");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add worker" }));
  expect(await screen.findByText("The worker was added.")).toBeVisible();
  expect(log.find(({ method }) => method === "POST")?.body).toEqual({ slots: 2 });
});

it("says how a worker joins a cluster, and offers nothing that a cluster cannot do", async () => {
  Object.assign(pool, { address: "tcp://10.0.0.5:8786" });
  serve();
  await open("/workers");
  await screen.findByText(/workers are busy/);
  await userEvent.click(screen.getByRole("button", { name: "Add worker" }));
  const dialog = screen.getByRole("dialog", { name: "Add a worker to the cluster" });
  expect(within(dialog).getByText("maestro worker --join tcp://10.0.0.5:8786")).toBeVisible();
  expect(within(dialog).queryByRole("textbox")).toBeNull();
});

it("says of a pool that was emptied what happens to steps that ask for a worker", async () => {
  Object.assign(pool, { items: [], emptied: true });
  serve();
  await open("/workers");
  expect(await screen.findByRole("heading", { level: 1, name: "No workers, by choice: steps that ask for one wait" })).toBeVisible();
  expect(screen.getByText(/after 1m without, its attempt fails/)).toBeVisible();
});

it("says what is wrong with a cluster", async () => {
  Object.assign(pool, { items: [], address: "tcp://a:1", trouble: { en: "The scheduler does not answer.", ko: "스케줄러가 응답하지 않습니다." } });
  serve();
  await open("/workers");
  expect(await screen.findByRole("heading", { level: 1, name: "No worker is there: steps that ask for one wait" })).toBeVisible();
  expect(screen.getByText(/The scheduler does not answer\./)).toBeVisible();
});

it("warns of retiring the last worker", async () => {
  Object.assign(pool, { items: pool.items.slice(0, 1) });
  serve();
  await open("/workers");
  await userEvent.click(await screen.findByRole("button", { name: /^Retire / }));
  expect(within(screen.getByRole("dialog")).getByText(/It is the last one/)).toBeVisible();
});

it("retires a worker only after asking", async () => {
  const log = serve();
  await open("/workers");
  await userEvent.click(await screen.findByRole("button", { name: "Retire process-1" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Retire process-1?" })).getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(log.some(({ method, url }) => method === "DELETE" && url.pathname.endsWith("/workers/process-1"))).toBe(true));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Retire process-1" })).toBeNull());
});

it("spreads work another way", async () => {
  const log = serve();
  await open("/workers");
  await userEvent.click(await screen.findByRole("combobox", { name: "Spread work by" }));
  await userEvent.click(screen.getByRole("option", { name: /^Turns/ }));
  await waitFor(() => expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ balancing: "round_robin" }));
});

it("shows executors with their heartbeats, and drains one after asking", async () => {
  const log = serve();
  await open("/workers?tab=executors");
  const table = await screen.findByRole("table", { name: "Executors" });
  expect(await within(table).findByText("shop-1")).toBeVisible();
  expect(within(table).queryByText("shop-3")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show 1 that is gone or lost" }));
  expect(within(table).getByText("Lost")).toBeVisible();
  expect(within(table).getAllByText(/^shop-\d$/).map((id) => id.textContent).slice(0, 3)).toEqual(["shop-1", "shop-2", "shop-3"]);
  expect(screen.queryByRole("button", { name: "Drain shop-3" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Drain shop-1" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Drain shop-1?" })).getByRole("button", { name: "Drain" }));
  expect(await within(table).findByText("Draining")).toBeVisible();
  expect(log.some(({ method, url }) => method === "POST" && url.pathname.endsWith("/executors/shop-1/drain"))).toBe(true);
});

it("drains what the product stands on only after a tick, and says what stops", async () => {
  Object.assign(executors[0]!, { lost_with_it: "product" });
  const log = serve();
  await open("/workers?tab=executors");
  await userEvent.click(await screen.findByRole("button", { name: "Drain shop-1" }));
  const dialog = screen.getByRole("dialog", { name: "Drain shop-1?" });
  expect(within(dialog).getByText(/there is no other/)).toBeVisible();
  expect(within(dialog).getByRole("button", { name: "Drain" })).toBeDisabled();
  await userEvent.click(within(dialog).getByRole("checkbox", { name: "Yes, Maestro may stop" }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Drain" }));
  await waitFor(() => expect(log.find(({ method }) => method === "POST")?.body).toEqual({ force: true }));
});

it("tests itself, and says of each part whether it works", async () => {
  serve();
  await open("/workers?tab=executors");
  await userEvent.click(await screen.findByRole("button", { name: "Self-test" }));
  const dialog = screen.getByRole("dialog", { name: "Self-test" });
  expect(await within(dialog).findByText("1 check did not pass")).toBeVisible();
  expect(within(dialog).getAllByRole("img", { name: "Works" })).toHaveLength(5);
  expect(within(dialog).getByText(/Memory is at 84 %/)).toBeVisible();
});

it("names each check in Korean, and one that it does not know as the server does", async () => {
  serve();
  await open("/workers", { language: "ko" });
  await userEvent.click(await screen.findByRole("button", { name: "자가 점검" }));
  const dialog = screen.getByRole("dialog", { name: "자가 점검" });
  for (const name of ["실행 기록", "작업자", "시계", "retry"]) expect(await within(dialog).findByText(name)).toBeVisible();
  expect(within(dialog).queryByText("journal")).toBeNull();
});

it("shows viewers the load but no buttons, in Korean", async () => {
  serve();
  await open("/workers", { role: "viewer", language: "ko" });
  expect(await screen.findByRole("region", { name: "최근 한 시간의 부하" })).toBeVisible();
  for (const name of ["자가 점검", "작업자 추가"]) expect(screen.queryByRole("button", { name })).toBeNull();
  expect(screen.getByText("일을 나누는 기준: 학습된 속도")).toBeVisible();
});
