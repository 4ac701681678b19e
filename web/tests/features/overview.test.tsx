// The overview: its sentence, what needs you, and what shows when something is missing.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { overview } from "../../mock/shop";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const shows = (changes: object) =>
  serve(({ url }) => (url.pathname.endsWith("/overview") ? { status: 200, body: { ...overview, ...changes } } : undefined));
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
    needs_you: { waiting: 0, items: [] },
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
