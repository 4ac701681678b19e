// Stock: filtered by its figures, opened by product, corrected with a second look.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { stockRows } from "../../mock/products";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const lists = (log: ReturnType<typeof serve>) => log.filter(({ url }) => url.pathname.endsWith("/stock") && url.searchParams.get("limit") === "50");

it("answers first how the stock stands, and lists the sickest places first", async () => {
  const log = serve();
  await open("/stock");
  const out = stockRows.filter(({ health }) => health === "out").length;
  expect(await screen.findByRole("heading", { level: 1, name: new RegExp(`^${out} out of stock`) })).toBeVisible();
  await screen.findByRole("table", { name: "Stock" });
  expect(lists(log)[0]?.url.searchParams.get("sort")).toBe("health");
});

it("filters by pressing a figure, and lets go by pressing it again", async () => {
  const log = serve();
  const { router } = await open("/stock");
  const low = await screen.findByRole("button", { name: /^Low/ });
  await userEvent.click(low);
  expect(router.state.location.search).toBe("?health=low");
  await waitFor(() => expect(lists(log).at(-1)?.url.searchParams.get("health")).toBe("low"));
  expect(low).toHaveAttribute("aria-pressed", "true");
  await userEvent.click(low);
  expect(router.state.location.search).toBe("");
});

it("says that nothing fits, and clears the filters", async () => {
  serve();
  const { router } = await open("/stock?q=no+such+thing");
  expect(await screen.findByText("Nothing fits these filters")).toBeVisible();
  await userEvent.click(screen.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
  expect(router.state.location.search).toBe("");
});

it("says what will appear where there is no stock yet", async () => {
  serve(({ url }) => (url.pathname.endsWith("/stock") ? { status: 200, body: { items: [], next_cursor: null, total: 0 } } : undefined));
  await open("/stock");
  expect(await screen.findByText(/how long it lasts will be listed here/)).toBeVisible();
});

it("says what failed and tries again", async () => {
  let broken = true;
  serve(({ url }) => (broken && url.pathname.endsWith("/stock") ? { status: 500, body: { detail: "Disk full." } } : undefined));
  await open("/stock");
  const retry = await screen.findByRole("button", { name: "Try again" });
  expect(screen.getByText("Disk full.")).toBeVisible();
  broken = false;
  await userEvent.click(retry);
  expect(await screen.findByRole("table", { name: "Stock" })).toBeVisible();
});

it("shows a product with its places, its orders and its ledger", async () => {
  serve();
  await open("/stock/6");
  expect(await screen.findByRole("heading", { level: 1, name: "Enamel lunch box" })).toBeVisible();
  expect(screen.getByRole("region", { name: "Main store" })).toBeVisible();
  expect(screen.getByRole("region", { name: "Purchase orders" })).toHaveTextContent("PO-2394");
  expect(screen.getByRole("region", { name: "Stock ledger" })).toHaveTextContent("Sale");
});

it("changes from sales to stock and keeps it in the address", async () => {
  serve();
  const { router } = await open("/stock/6");
  await userEvent.click(await screen.findByRole("button", { name: "Stock in the evening" }));
  expect(router.state.location.search).toContain("view=stock");
  expect(await screen.findByText(/pieces on the evening of/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Show as table" }));
  expect(screen.getByRole("columnheader", { name: "Stock in the evening" })).toBeVisible();
});

it("corrects stock after a second look", async () => {
  const log = serve();
  await open("/stock/2");
  await userEvent.click(await screen.findByRole("button", { name: "Correct stock at Main store" }));
  const dialog = screen.getByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Check" }));
  expect(await within(dialog).findByText("Give a whole number of pieces, 1 or more.")).toBeVisible();
  expect(within(dialog).getByText("Say why, in up to 120 characters.")).toBeVisible();
  await userEvent.click(within(dialog).getByRole("button", { name: "Take away" }));
  await userEvent.type(within(dialog).getByLabelText("Pieces"), "3");
  await userEvent.type(within(dialog).getByLabelText("Reason"), "damaged");
  await userEvent.click(within(dialog).getByRole("button", { name: "Check" }));
  expect(await within(dialog).findByText(/^Change the stock from/)).toBeVisible();
  expect(log.some(({ method }) => method === "POST")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Correct stock" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const sent = log.find(({ url }) => url.pathname.endsWith("/stock/adjust"));
  expect(sent?.body).toEqual({ product_id: 2, location_id: 1, quantity: -3, reason: "damaged" });
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
});

it("shows at the field what the server refused", async () => {
  serve(({ url }) => (url.pathname.endsWith("/adjust") ? { status: 409, body: { detail: "Stock would fall below zero.", remedy: "Take fewer." } } : undefined));
  await open("/stock/2");
  await userEvent.click(await screen.findByRole("button", { name: "Correct stock at Main store" }));
  const dialog = screen.getByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText("Pieces"), "3");
  await userEvent.type(within(dialog).getByLabelText("Reason"), "found");
  await userEvent.click(within(dialog).getByRole("button", { name: "Check" }));
  await userEvent.click(await within(dialog).findByRole("button", { name: "Correct stock" }));
  expect(await within(dialog).findByText("Stock would fall below zero.")).toBeVisible();
  expect(within(dialog).getByLabelText("Pieces")).toBeInvalid();
});

it("books and cancels an order only after asking", async () => {
  const log = serve(({ url }) => (url.pathname.endsWith("/cancel") ? { status: 200, body: {} } : undefined));
  await open("/stock/6");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel order" }));
  const dialog = screen.getByRole("dialog", { name: "Cancel order PO-2394?" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel order" }));
  expect(await screen.findByText("Order PO-2394 was cancelled.")).toBeVisible();
  expect(log.some(({ url }) => url.pathname.endsWith("/orders/60/cancel"))).toBe(true);
});

it("shows those who may only read no way to change anything", async () => {
  serve();
  await open("/stock/6", { role: "viewer" });
  await screen.findByRole("region", { name: "Main store" });
  expect(screen.queryByRole("button", { name: /Correct stock/ })).toBeNull();
  expect(screen.queryByRole("button", { name: "Cancel order" })).toBeNull();
});

it("says that a product does not exist, and leads back", async () => {
  serve();
  await open("/stock/9999");
  expect(await screen.findByText("There is no such product.")).toBeVisible();
  expect(screen.getByRole("link", { name: "All stock" })).toHaveAttribute("href", "/stock");
});
