// Signing in: by password, by a one-time link, and back to where one wanted to go.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { open, serve } from "../dashboard";

afterEach(() => {
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

const refused = { status: 401, body: { title: "No", status: 401, detail: "No session.", remedy: "" } };
const signedOut = () => serve(({ url }) => (url.pathname.endsWith("/auth/refresh") ? refused : undefined));

it("asks who you are, and then opens the page you wanted", async () => {
  const log = signedOut();
  const { router } = await open("/stock", { signedIn: false });
  await userEvent.type(await screen.findByLabelText(/Email/), "owner@example.com");
  await userEvent.type(screen.getByLabelText(/^Password/), "correct horse");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/stock"));
  expect(log.find(({ url }) => url.pathname.endsWith("/auth/sign-in"))?.body).toEqual({
    email: "owner@example.com",
    password: "correct horse",
  });
});

it("says what is missing before it asks the server", async () => {
  const log = signedOut();
  await open("/sign-in", { signedIn: false });
  await userEvent.click(await screen.findByRole("button", { name: "Sign in" }));
  expect(screen.getByText("Enter your email.")).toBeVisible();
  expect(screen.getByText("Enter your password.")).toBeVisible();
  expect(log.filter(({ url }) => url.pathname.endsWith("/auth/sign-in"))).toHaveLength(0);
});

it("says in plain words that the password is wrong", async () => {
  signedOut();
  await open("/sign-in", { signedIn: false });
  await userEvent.type(await screen.findByLabelText(/Email/), "owner@example.com");
  await userEvent.type(screen.getByLabelText(/^Password/), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("The email or the password is not right.")).toBeVisible();
});

it.each(["?token=once-only", "#token=once-only-2"])("uses a link once and takes it out of the address (%s)", async (part) => {
  const log = serve();
  window.history.replaceState(null, "", `/sign-in${part}`);
  const { router } = await open("/sign-in", { signedIn: false });
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(window.location.href).not.toContain("once-only");
  expect(log.filter(({ url }) => url.pathname.endsWith("/auth/link"))).toHaveLength(1);
});

it("offers the password when a link is dead", async () => {
  serve(({ url }) => (url.pathname.includes("/auth/") ? refused : undefined));
  window.history.replaceState(null, "", "/sign-in?token=used-up");
  await open("/sign-in", { signedIn: false });
  expect(await screen.findByText(/already used or is too old/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Sign in" })).toBeVisible();
});
