// The places: the machine's under a heading of their own in the rail, and behind "More" on a phone.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

it("groups the machine's places under their heading", async () => {
  serve();
  await open("/memory");
  const machine = await screen.findByRole("list", { name: "Machine" });
  expect(within(machine).getAllByRole("link").map(({ textContent }) => textContent)).toEqual(["Workflows", "Tasks", "Workers", "Incidents", "Memory"]);
  expect(within(machine).getByRole("link", { name: "Memory" })).toHaveAttribute("aria-current", "page");
});

it("keeps a phone's bar to four places and a menu with all others", async () => {
  serve();
  const { router } = await open("/memory");
  await userEvent.click(await screen.findByRole("button", { name: "More", hidden: true }));
  const menu = screen.getByRole("menu", { name: "More" });
  const names = () => within(menu).getAllByRole("menuitem").map(({ textContent }) => textContent);
  await waitFor(() => expect(names()).toEqual(["Workflows1", "Tasks", "Workers", "Incidents1", "Memory", "Settings"]));
  await userEvent.click(within(menu).getByRole("menuitem", { name: "Tasks" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/tasks"));
});
