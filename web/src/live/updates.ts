// Live updates: writes what the server tells into the cache, gathered so that a burst redraws the page once.
import { agentsApi } from "@/api/agents";
import { api } from "@/api/api";
import { decisionsApi } from "@/api/decisions";
import { overviewApi } from "@/api/overview";
import type { AgentSummary, ClockState, DecisionSummary } from "@/api/types";
import type { Store } from "@/app/store";
import { clockTicked } from "./clock";
import { decisionsArrived } from "./freshDecisions";
import type { LiveEvent } from "./liveClient";

const gather = 800;
const refetch = 5_000;
const shownRecent = 8;

type Stale = "Overview" | "Agent" | "Stock" | "Order" | "Product" | "Run" | "Wait" | "Incident" | "Breaker" | "Task";

export class LiveUpdates {
  private decisions = new Map<string, DecisionSummary>();
  private stale = new Set<Stale>();
  private flushing: ReturnType<typeof setTimeout> | undefined;
  private fetching: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: Store) {}

  apply({ type, data }: LiveEvent): void {
    if (type === "clock") {
      this.tick(data as ClockState);
      return;
    }
    if (type === "decision") {
      const decision = data as DecisionSummary;
      this.decisions.set(decision.id, decision);
      this.flushing ??= setTimeout(() => this.flush(), gather);
      this.refetchLater("Overview");
    } else if (type === "agent") {
      this.agent(data as AgentSummary);
      this.refetchLater("Agent", "Overview");
    } else if (type === "cycle") this.refetchLater("Overview", "Agent", "Order");
    else if (type === "stock") this.refetchLater("Stock", "Product", "Overview");
    else if (type === "workflow") this.refetchLater("Run", "Wait");
    else if (type === "incident") this.refetchLater("Incident", "Breaker");
    else if (type === "task") this.refetchLater("Task");
  }

  /** After a gap nothing shown can be trusted. */
  reset(): void {
    this.store.dispatch(api.util.invalidateTags(["Overview", "Decision", "Agent", "Stock", "Product", "Order", "Clock", "Run", "Wait", "Task", "Incident"]));
  }

  stop(): void {
    clearTimeout(this.flushing);
    clearTimeout(this.fetching);
    this.flushing = undefined;
    this.fetching = undefined;
    this.decisions.clear();
    this.stale.clear();
  }

  private tick(tick: ClockState): void {
    clockTicked(tick);
    const known = overviewApi.endpoints.getClock.select()(this.store.getState()).data;
    if (known && (known.paused !== tick.paused || known.speed !== tick.speed))
      this.store.dispatch(
        overviewApi.util.updateQueryData("getClock", undefined, (clock) => {
          clock.paused = tick.paused;
          clock.speed = tick.speed;
          if (tick.speed > 0) clock.seconds_per_day = 86_400 / tick.speed;
        }),
      );
  }

  private agent(agent: AgentSummary): void {
    this.store.dispatch(
      agentsApi.util.updateQueryData("listAgents", undefined, (list) => {
        const known = list.items.find(({ name }) => name === agent.name);
        if (known) Object.assign(known, agent);
      }),
    );
  }

  private refetchLater(...tags: Stale[]): void {
    for (const tag of tags) this.stale.add(tag);
    this.fetching ??= setTimeout(() => {
      this.fetching = undefined;
      const due = [...this.stale];
      this.stale.clear();
      this.store.dispatch(api.util.invalidateTags(due));
    }, refetch);
  }

  private flush(): void {
    this.flushing = undefined;
    const fresh = [...this.decisions.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    this.decisions.clear();
    decisionsArrived(fresh);
    const ids = new Map(fresh.map((decision) => [decision.id, decision]));
    const state = this.store.getState();
    this.store.dispatch(
      overviewApi.util.updateQueryData("getOverview", undefined, (overview) => {
        const kept = overview.recent.filter(({ id }) => !ids.has(id));
        overview.recent = [...fresh, ...kept]
          .sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
          .slice(0, shownRecent);
      }),
    );
    for (const { endpointName, originalArgs } of decisionsApi.util.selectInvalidatedBy(state, [
      { type: "Decision", id: "LIST" },
    ])) {
      if (endpointName !== "listDecisions") continue;
      this.store.dispatch(
        decisionsApi.util.updateQueryData("listDecisions", originalArgs, (page) => {
          page.items = page.items.map((item) => ids.get(item.id) ?? item);
        }),
      );
    }
    const shown = fresh.filter(({ id }) => decisionsApi.endpoints.getDecision.select(id)(state).data);
    this.store.dispatch(api.util.invalidateTags(shown.map(({ id }) => ({ type: "Decision" as const, id: `${id}` }))));
  }
}
