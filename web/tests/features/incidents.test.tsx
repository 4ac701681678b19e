// Incidents: what broke, why, what was tried, and a person's word on it; with breakers and playbooks.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { breakers, incidents } from "../../mock/machine/incidents";
import { open, serve } from "../dashboard";

afterEach(() => vi.unstubAllGlobals());

const before = structuredClone({ incidents, breakers });
beforeEach(() => {
  incidents.splice(0, incidents.length, ...structuredClone(before.incidents).slice(0, 6));
  breakers.splice(0, breakers.length, ...structuredClone(before.breakers));
});
const called = before.incidents[1]?.id ?? "";

it("says first what needs a person", async () => {
  serve();
  await open("/incidents");
  expect(await screen.findByRole("heading", { level: 1, name: "1 incident needs you" })).toBeVisible();
  expect(await screen.findByText("1–6 of 6")).toBeVisible();
});

it("says that all is well where nothing is open, and what will appear", async () => {
  incidents.splice(0);
  serve();
  await open("/incidents");
  expect(await screen.findByRole("heading", { level: 1, name: "All is well: nothing is broken" })).toBeVisible();
  expect(await screen.findByText("Nothing broke")).toBeVisible();
});

it("ranks the causes with their evidence, and tells what was tried in which layer", async () => {
  serve();
  await open(`/incidents/${called}`);
  const causes = await screen.findByRole("region", { name: "Probable causes" });
  const shares = within(causes).getAllByRole("progressbar").map((bar) => Number(bar.getAttribute("aria-valuenow")));
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(within(causes).getByText("Their certificate ran out this morning")).toBeVisible();
  const tried = screen.getByRole("region", { name: "What was tried" });
  expect(within(tried).getByText("Restart or reroute")).toBeVisible();
  expect(within(tried).getAllByText("No effect")[0]).toBeVisible();
  expect(screen.getByRole("region", { name: "What was noticed" })).toHaveTextContent("share of errors");
});

it("leads from a rollback that failed to its run, and says what a person can do", async () => {
  const words = { en: "The step charge could not be undone: card gone", ko: "charge 단계를 되돌리지 못했습니다: card gone" };
  Object.assign(incidents[1]!, {
    kind: "rollback_failed", component: "run-7", run_id: "run-7", layer: null, cause: words, symptoms: [], actions: [],
    title: { en: "booking: a failed run could not be undone completely", ko: "booking: 실패한 실행을 끝까지 되돌리지 못했습니다" },
    causes: [{ component: "charge", probability: 1, evidence: [words] }],
  });
  serve();
  await open(`/incidents/${called}`);
  const advice = await screen.findByRole("region", { name: "What you can do" });
  expect(within(advice).getByRole("link", { name: "Open the run" })).toHaveAttribute("href", "/workflows/run-7");
  const wrong = screen.getByRole("region", { name: "What went wrong" });
  expect(within(wrong).getByText("The step charge could not be undone: card gone")).toBeVisible();
  expect(within(wrong).queryByRole("progressbar")).toBeNull();
  const tried = screen.getByRole("region", { name: "What was tried" });
  expect(within(tried).getByText("Only a person can end this, so recovery leaves it alone.")).toBeVisible();
  expect(screen.queryByText("Recovery starts within seconds.")).toBeNull();
});

it("promises a recovery only where one is under way", async () => {
  Object.assign(incidents[2]!, { actions: [] });
  serve();
  await open(`/incidents/${incidents[2]!.id}`);
  expect(await screen.findByText("Recovery starts within seconds.")).toBeVisible();
  expect(screen.queryByRole("region", { name: "What you can do" })).toBeNull();
});

it("tells the story in order", async () => {
  serve();
  await open(`/incidents/${called}`);
  const story = await screen.findByRole("region", { name: "What happened" });
  const times = [...story.querySelectorAll("time")].map((time) => Date.parse(time.dateTime));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(within(story).getByText("A person was called")).toBeVisible();
});

it("acknowledges and resolves with a note, only after asking", async () => {
  const log = serve();
  await open(`/incidents/${called}`);
  await userEvent.click(await screen.findByRole("button", { name: "Acknowledge" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Acknowledge this incident?" })).getByRole("button", { name: "Acknowledge" }));
  expect(await screen.findByText("seen by owner@example.com")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Resolve" }));
  const dialog = screen.getByRole("dialog", { name: "Resolve this incident?" });
  await userEvent.type(within(dialog).getByLabelText("Note (optional)"), "renewed");
  await userEvent.click(within(dialog).getByRole("button", { name: "Resolve" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Resolve" })).toBeNull());
  expect(log.filter(({ method }) => method === "POST").map(({ url, body }) => [url.pathname.split("/").at(-1), body])).toEqual([
    ["acknowledge", { note: "" }],
    ["resolve", { note: "renewed" }],
  ]);
});

it("closes a breaker only after asking", async () => {
  serve();
  await open("/incidents?tab=breakers");
  expect(await screen.findByRole("tab", { name: "Breakers (2 open)" })).toHaveAttribute("aria-selected", "true");
  await userEvent.click(screen.getByRole("button", { name: "Close connector:supplier now" }));
  await userEvent.click(within(screen.getByRole("dialog", { name: "Close the breaker of connector:supplier?" })).getByRole("button", { name: "Close now" }));
  expect(await screen.findByRole("tab", { name: "Breakers (1 open)" })).toBeVisible();
});

it("shows what recovery has learned", async () => {
  serve();
  await open("/incidents?tab=playbooks");
  expect(await screen.findAllByText(/likely the best$/)).not.toHaveLength(0);
});

it("reads in Korean, and hides from viewers what they may not do", async () => {
  serve();
  await open(`/incidents/${called}`, { language: "ko", role: "viewer" });
  expect(await screen.findByRole("region", { name: "추정 원인" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "해결 처리" })).toBeNull();
});
