// The decisions: filters in the address, many settled at once, one opened beside the list.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { decisionsArrived } from "@/live/freshDecisions";
import { decisions } from "../../mock/decisions";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const lists = (log: ReturnType<typeof serve>) => log.filter(({ url }) => url.pathname.endsWith("/decisions"));
const measured = decisions.find(({ status }) => status === "measured");
const executed = decisions.find(({ status }) => status === "executed");

it("asks the server for what the address says", async () => {
  const log = serve();
  await open("/decisions?status=turnedDown&days=28&q=mug&sort=-predicted");
  await waitFor(() => expect(lists(log).length).toBeGreaterThan(0));
  const asked = lists(log)[0]?.url.searchParams;
  expect(asked?.getAll("status")).toEqual(["blocked", "rejected", "expired", "failed", "undone"]);
  expect(asked?.get("q")).toBe("mug");
  expect(asked?.get("sort")).toBe("-predicted");
  expect(asked?.get("since")).toMatch(/^\d{4}-\d\d-\d\dT00:00:00Z$/);
});

it("keeps the filters in the address, and clears them", async () => {
  serve();
  const { router } = await open("/decisions");
  await screen.findByRole("table");
  await userEvent.click(screen.getByRole("button", { name: "Waiting" }));
  expect(router.state.location.search).toBe("?status=waiting");
  await userEvent.type(screen.getByRole("searchbox"), "no such thing");
  expect(await screen.findByText("No decision fits these filters")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(router.state.location.search).toBe(""));
});

it("walks forth and back through the pages", async () => {
  const log = serve();
  const { router } = await open("/decisions");
  await screen.findByRole("table");
  expect(await screen.findByText("1–25 of 230")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByText("26–50 of 230")).toBeVisible();
  expect(lists(log).at(-1)?.url.searchParams.get("cursor")).toBe("25");
  await userEvent.click(screen.getByRole("button", { name: "Previous" }));
  expect(await screen.findByText("1–25 of 230")).toBeVisible();
  expect(router.state.location.search).toBe("");
});

it("keeps a view under a name", async () => {
  serve();
  const { store } = await open("/decisions?status=measured");
  await screen.findByRole("table");
  await userEvent.click(screen.getByRole("button", { name: "Saved views" }));
  await userEvent.type(screen.getByLabelText(/Name of the view/), "What came of it");
  await userEvent.click(screen.getByRole("button", { name: "Save this view" }));
  expect(store.getState().preferences.views).toEqual([{ name: "What came of it", query: "status=measured" }]);
});

it("tells of new decisions without moving the list", async () => {
  const log = serve();
  await open("/decisions");
  await screen.findByRole("table");
  await screen.findByText("1–25 of 230");
  const before = lists(log).length;
  decisionsArrived([{ ...(decisions[0] as (typeof decisions)[number]), id: "d_fresh", created_at: "2030-01-01T00:00:00Z" }]);
  await userEvent.click(await screen.findByRole("button", { name: /1 new decision/ }));
  await waitFor(() => expect(lists(log).length).toBe(before + 1));
});

it("rejects many at once", async () => {
  const log = serve();
  await open("/decisions?status=waiting");
  const table = await screen.findByRole("table");
  await within(table).findAllByRole("row", { name: /Waiting for you/ });
  await userEvent.click(screen.getByRole("checkbox", { name: "Select all on this page" }));
  await userEvent.click(screen.getByRole("button", { name: /^Reject \(/ }));
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Reject" }));
  await waitFor(() => expect(log.some(({ url }) => url.pathname.endsWith("/bulk") || url.pathname.endsWith("/reject"))).toBe(true));
});

it("opens a decision beside the list, with its evidence and what came of it", async () => {
  serve();
  const { router } = await open(`/decisions/${measured?.id}?status=measured`);
  const panel = await screen.findByRole("dialog");
  expect(await within(panel).findByText("Expected and realised")).toBeVisible();
  expect(within(panel).getByText("Limits it had to pass")).toBeVisible();
  expect(within(panel).getByText(/Sold a day until/)).toBeVisible();
  await userEvent.click(within(panel).getByRole("button", { name: "Show as table" }));
  expect(within(panel).getByRole("columnheader", { name: "Forecast" })).toBeVisible();
  await userEvent.click(within(panel).getByRole("button", { name: "Close" }));
  expect(router.state.location.pathname + router.state.location.search).toBe("/decisions?status=measured");
});

it("says why an undo came too late", async () => {
  serve(({ url }) =>
    url.pathname.endsWith("/undo")
      ? { status: 409, body: { detail: "The goods were delivered.", remedy: "Return them to the supplier." } }
      : undefined,
  );
  await open(`/decisions/${executed?.id}`);
  const panel = await screen.findByRole("dialog");
  await userEvent.click(await within(panel).findByRole("button", { name: "Undo" }));
  const question = screen.getByRole("dialog", { name: "Undo this decision?" });
  await userEvent.click(within(question).getByRole("button", { name: "Undo" }));
  expect(await screen.findByText("The goods were delivered. Return them to the supplier.")).toBeVisible();
});

it("says so when a decision does not exist", async () => {
  serve();
  await open("/decisions/d_nowhere");
  expect(await screen.findByText("This does not exist")).toBeVisible();
});
