// The live line: says hello, counts, comes back after a drop, and asks for a new token when the old one is refused.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveClient, type LiveEvent, type LiveState } from "@/live/liveClient";

class FakeSocket {
  static all: FakeSocket[] = [];
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.closed = true;
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drops(code = 1006) {
    this.onclose?.({ code });
  }
}

const latest = () => FakeSocket.all.at(-1) as FakeSocket;

function make() {
  const events: LiveEvent[] = [];
  const states: LiveState[] = [];
  const resets = vi.fn();
  const refresh = vi.fn(() => Promise.resolve(true));
  const client = new LiveClient({
    url: "ws://shop/live",
    token: () => "token",
    refresh,
    onEvent: (event) => events.push(event),
    onReset: resets,
    onState: (state) => states.push(state),
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 1,
  });
  client.start();
  return { client, events, states, resets, refresh };
}

const greets = (seq = 10, resumed = false) => {
  latest().onopen?.();
  latest().says({ v: 1, type: "welcome", seq, resumed });
};

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

describe("live client", () => {
  it("says hello with its token and no number at first, and is live once welcomed", () => {
    const { states } = make();
    greets();
    expect(latest().sent).toEqual([{ type: "hello", version: 1, token: "token", since: null }]);
    expect(states).toEqual(["connecting", "live"]);
  });

  it("hands on each event once, in order", () => {
    const { events } = make();
    greets();
    latest().says({ v: 1, seq: 11, type: "decision", data: { id: "a" } });
    latest().says({ v: 1, seq: 11, type: "decision", data: { id: "a" } });
    latest().says({ v: 1, seq: 12, type: "agent", data: {} });
    expect(events.map(({ seq }) => seq)).toEqual([11, 12]);
  });

  it("takes every tick of the clock, which carries no number of its own", () => {
    const { events } = make();
    greets();
    latest().says({ v: 1, seq: 10, type: "clock", data: { now: "2026-01-01T00:00:00Z" } });
    latest().says({ v: 1, seq: 10, type: "clock", data: { now: "2026-01-02T00:00:00Z" } });
    expect(events).toHaveLength(2);
  });

  it("answers a ping", () => {
    make();
    greets();
    latest().says({ type: "ping" });
    expect(latest().sent.at(-1)).toEqual({ type: "pong" });
  });

  it("resumes after a drop from the last number it saw", () => {
    const { states, events } = make();
    greets();
    latest().says({ v: 1, seq: 15, type: "stock", data: {} });
    latest().drops();
    expect(states.at(-1)).toBe("waiting");
    vi.advanceTimersByTime(500);
    greets(17, true);
    expect(latest().sent[0]).toMatchObject({ since: 15 });
    latest().says({ v: 1, seq: 16, type: "stock", data: {} });
    expect(events.map(({ seq }) => seq)).toEqual([15, 16]);
  });

  it("waits twice as long after each failure, up to twenty seconds", () => {
    make();
    for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]) {
      const before = FakeSocket.all.length;
      latest().drops();
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
  });

  it("has everything fetched anew when the gap was too long", () => {
    const { resets, events } = make();
    greets();
    latest().drops();
    vi.advanceTimersByTime(500);
    greets(900, false);
    latest().says({ v: 1, type: "reset", seq: 900 });
    latest().says({ v: 1, seq: 901, type: "cycle", data: {} });
    expect(resets).toHaveBeenCalledTimes(1);
    expect(events.map(({ seq }) => seq)).toEqual([901]);
  });

  it("asks for a new token when the old one is refused, then comes back", async () => {
    const { refresh } = make();
    greets();
    latest().drops(4401);
    await vi.advanceTimersByTimeAsync(600);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("takes a silent line for dead", () => {
    const { states } = make();
    greets();
    vi.advanceTimersByTime(45_000);
    expect(latest().closed).toBe(true);
    expect(states.at(-1)).toBe("waiting");
  });

  it("tries at once when the network comes back", () => {
    const { client } = make();
    latest().drops();
    client.wake();
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("stays closed once stopped", () => {
    const { client, states } = make();
    greets();
    client.stop();
    latest().drops();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(states.at(-1)).toBe("off");
  });
});
