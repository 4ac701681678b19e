// Settings: what the shop counts with, its clock, the look, and who may sign in.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { passwordSchema } from "@/features/settings/AccountSection";
import { pacesWith } from "@/features/settings/ClockSection";
import { changesOf, names, replenishmentSchema, toForm } from "@/features/settings/replenishmentFields";
import { weekdays } from "@/features/settings/weekdays";
import { people } from "../../mock/records";
import { clock, settings } from "../../mock/shop";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const before = structuredClone({ settings, people, clock });
beforeEach(() => {
  Object.assign(settings, structuredClone(before.settings));
  Object.assign(clock, structuredClone(before.clock));
  people.splice(0, people.length, ...structuredClone(before.people));
});

describe("replenishment as a form", () => {
  const words = { number: "number", whole: "whole", between: (least: number, most: number) => `${least}-${most}`, least: (least: number) => `from ${least}`, above: (least: number) => `above ${least}` };
  const schema = replenishmentSchema(words);
  const said = (over: object) => schema.safeParse({ ...toForm(settings.replenishment), ...over }).error?.issues.map(({ message }) => message) ?? [];
  it("takes what the server gave, and sends nothing where nothing changed", () => {
    expect(said({})).toEqual([]);
    expect(changesOf(toForm(settings.replenishment), settings.replenishment)).toEqual({});
  });
  it("shows a share in percent, and sends it as a share", () => {
    const form = toForm(settings.replenishment);
    expect(form.salvage_share).toBe("70");
    expect(changesOf({ ...form, salvage_share: "62.5", review_weekday: "3" }, settings.replenishment)).toEqual({ salvage_share: 0.625, review_weekday: 3 });
  });
  it("goes there and back without loss for every field", () => {
    const form = toForm({ ...settings.replenishment, holdout_share: 0.07, holding_cost_pct_week: 0.1 });
    expect(form.holdout_share).toBe("7");
    expect(names.every((name) => form[name] !== "")).toBe(true);
  });
  it.each([
    ["holding_cost_pct_week", "51", "0-50"],
    ["salvage_share", "101", "0-100"],
    ["review_days", "2.5", "whole"],
    ["review_days", "29", "1-28"],
    ["budget_per_review", "0", "above 0"],
    ["order_cost", "-1", "from 0"],
    ["order_cost", "much", "number"],
  ])("refuses %s %s", (name, text, message) => expect(said({ [name]: text })).toEqual([message]));
});

it("asks for a long enough password, twice the same, and the present one where there is one", () => {
  const words = { name: "", current: "current", short: "short", differs: "differs" };
  const said = (asks: boolean, form: object) => passwordSchema(asks, words).safeParse({ current: "", new: "long enough", again: "long enough", ...form }).error?.issues.map(({ message }) => message) ?? [];
  expect(said(false, {})).toEqual([]);
  expect(said(true, {})).toEqual(["current"]);
  expect(said(false, { new: "short", again: "short" })).toEqual(["short"]);
  expect(said(false, { again: "other" })).toEqual(["differs"]);
});

it("offers the present pace among the usual ones", () => {
  expect(pacesWith(2)).toHaveLength(7);
  expect(pacesWith(3)).toContain(3);
});

it("names the days of the week from Monday on", () => {
  expect(weekdays("en")[0]).toBe("Monday");
  expect(weekdays("ko")[6]).toBe("일요일");
});

it("saves only what changed", async () => {
  const log = serve();
  await open("/settings?part=replenishment");
  const field = await screen.findByLabelText("Placing an order line");
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  await userEvent.clear(field);
  await userEvent.type(field, "3.5");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/^Saved. The agents count with it/)).toBeVisible();
  expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ replenishment: { order_cost: 3.5 } });
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeDisabled());
});

it("shows at the field what is wrong, and what the server refused", async () => {
  const log = serve();
  await open("/settings?part=replenishment");
  const field = await screen.findByLabelText("Placing an order line");
  await userEvent.clear(field);
  await userEvent.type(field, "-4");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Give a number of 0 or more.")).toBeVisible();
  expect(log.every(({ method }) => method !== "PATCH")).toBe(true);
  await userEvent.clear(field);
  await userEvent.type(field, "13");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Input should be another number.")).toBeVisible();
  expect(field).toBeInvalid();
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(field).toHaveValue("2");
});

it("renames the shop", async () => {
  const log = serve();
  await open("/settings");
  const field = await screen.findByLabelText("Name");
  await userEvent.clear(field);
  await userEvent.type(field, "Corner shop");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/^Corner shop counts in GBP/)).toBeVisible();
  expect(log.find(({ method }) => method === "PATCH")?.body).toMatchObject({ shop: { name: "Corner shop", currency: "GBP" } });
});

it("lets analysts read but not change", async () => {
  serve();
  await open("/settings", { role: "analyst" });
  expect(await screen.findByText("Managers and owners can change this.")).toBeVisible();
  expect(screen.getByLabelText("Name")).toBeDisabled();
  expect(screen.queryByRole("link", { name: "People" })).toBeNull();
});

it("pauses the simulated clock", async () => {
  const log = serve();
  await open("/settings?part=clock");
  await userEvent.click(within(await screen.findByRole("region", { name: "Time" })).getByRole("button", { name: "Pause" }));
  await waitFor(() => expect(log.find(({ method, url }) => method === "POST" && url.pathname.endsWith("/clock"))?.body).toEqual({ paused: true }));
});

it("changes theme and the colours of gains at once", async () => {
  serve();
  const { store } = await open("/settings?part=look");
  await userEvent.click(await screen.findByRole("radio", { name: "Dark" }));
  await userEvent.click(screen.getByRole("radio", { name: "Red up, blue down" }));
  expect(store.getState().preferences).toMatchObject({ theme: "dark", gainColours: "red-up" });
});

it("invites a person and hands over the link once", async () => {
  serve();
  await open("/settings?part=people");
  await userEvent.click(await screen.findByRole("button", { name: "Invite" }));
  const dialog = screen.getByRole("dialog", { name: "Invite a person" });
  await userEvent.type(within(dialog).getByLabelText("E-mail"), "owner@example.com");
  await userEvent.type(within(dialog).getByLabelText("Name"), "Night shift");
  await userEvent.click(within(dialog).getByRole("button", { name: "Make the invitation" }));
  expect(await within(dialog).findByText("owner@example.com has an account already.")).toBeVisible();
  await userEvent.clear(within(dialog).getByLabelText("E-mail"));
  await userEvent.type(within(dialog).getByLabelText("E-mail"), "night@example.com");
  await userEvent.click(within(dialog).getByRole("button", { name: "Make the invitation" }));
  const link = await screen.findByLabelText("Sign-in link");
  expect(link).toHaveValue("http://localhost:5173/sign-in?token=made-up");
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(await screen.findByText("night@example.com")).toBeVisible();
});

it("removes a person only after asking, and never oneself", async () => {
  const log = serve();
  await open("/settings?part=people");
  await userEvent.click(await screen.findByRole("button", { name: "Actions for Owner" }));
  expect(screen.queryByRole("menuitem", { name: "Remove" })).toBeNull();
  await userEvent.keyboard("{Escape}");
  await userEvent.click(screen.getByRole("button", { name: "Actions for Shop floor" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await userEvent.click(within(await screen.findByRole("dialog", { name: "Remove Shop floor?" })).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(log.some(({ method, url }) => method === "DELETE" && url.pathname.endsWith("/people/4"))).toBe(true));
  await waitFor(() => expect(screen.queryByText("shop-floor@example.com")).toBeNull());
});

it("changes a role after asking", async () => {
  const log = serve();
  await open("/settings?part=people");
  await userEvent.click(await screen.findByRole("button", { name: "Actions for Accounts" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Make Manager" }));
  await userEvent.click(within(await screen.findByRole("dialog", { name: "Make Accounts Manager?" })).getByRole("button", { name: "Change the role" }));
  await waitFor(() => expect(log.find(({ method }) => method === "PATCH")?.body).toEqual({ role: "manager" }));
});
