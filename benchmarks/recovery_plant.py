"""Simulated plant of the recovery benchmark: twelve components that depend on each other, and break.

Trouble travels along dependencies with losses and lags, some of them unknown to recovery; figures are noisy,
some are missing, some jump for no reason; components are changed for good reasons too. A quarter of the
faults are grey (the struck component's own probe sees little of them; Huang et al., "Gray Failure", HotOS
2017), and a quarter move none of its own figures. Recovery sees the figures that `read` gives and may call
`act`; which fault is active, where, and what cures it is known to the plant alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from maestro.clock import VirtualClock
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import ERRORS, LATENCY, HealthState, Reading
from maestro.engine.recovery.layers import Layer
from maestro.engine.recovery.prevention import Limit
from maestro.engine.recovery.root_cause import Change
from maestro.engine.words import Words

TICK_S = 0.25
BASE_LATENCY_S = 0.05
BASE_ERRORS = 0.005
HIDDEN_EDGES = {"workers": ("disk",), "model": ("cache",), "connector": ("cache",)}
"""Dependencies that exist but that nobody has declared."""


@dataclass(frozen=True)
class Figure:
    """A component's own figure: its usual level and noise, and where its check raises the alarm."""

    usual: float
    noise: float
    degraded: float
    failing: float
    kind: str


COMPONENTS = (
    Component("disk", "disk"),
    Component("network", "network"),
    Component("cache", "cache"),
    Component("model", "model"),
    Component("database", "database", ("disk",)),
    Component("journal", "journal", ("disk",)),
    Component("marketplace", "marketplace", ("network",)),
    Component("connector", "connector", ("marketplace", "network")),
    Component("queue", "queue", ("journal",)),
    Component("workers", "worker", ("database", "cache", "model", "connector", "queue")),
    Component("executor", "executor", ("journal", "queue", "workers")),
    Component("api", "api", ("executor", "database", "cache")),
)

FIGURES: Mapping[str, Mapping[str, Figure]] = {
    "disk": {"used_share": Figure(0.55, 0.004, 0.9, 0.97, "full")},
    "network": {
        "packet_loss": Figure(0.002, 0.001, 0.05, 0.3, "slow"),
        "rtt_ms": Figure(8, 1, 60, 400, "slow"),
    },
    "cache": {
        "hit_ratio_lost": Figure(0.1, 0.01, 0.8, 0.95, "errors"),
        "stale_share": Figure(0.01, 0.004, 2, 3, ""),
    },
    "model": {
        "memory_share": Figure(0.5, 0.01, 0.92, 0.97, "memory"),
        "cpu_share": Figure(0.4, 0.04, 2, 3, ""),
    },
    "database": {
        "connections": Figure(20, 2, 1e9, 1e9, ""),
        "lock_waits": Figure(0.3, 0.2, 15, 60, "stuck"),
        "cpu_share": Figure(0.3, 0.04, 0.97, 2, "overloaded"),
    },
    "journal": {"lag_s": Figure(0.02, 0.005, 1, 5, "slow")},
    "marketplace": {"status_5xx": Figure(0.01, 0.005, 2, 3, "")},
    "connector": {
        "auth_failures": Figure(0.0, 0.02, 3, 10, "errors"),
        "throttled": Figure(0.2, 0.2, 8, 40, "overloaded"),
    },
    "queue": {
        "depth": Figure(20, 3, 150, 600, "overloaded"),
        "dead_letters": Figure(0.1, 0.1, 6, 30, "errors"),
    },
    "workers": {
        "heartbeat_age_s": Figure(0.5, 0.15, 3, 8, "silent"),
        "busy_share": Figure(0.5, 0.05, 2, 3, ""),
        "lost_workers": Figure(0.0, 0.0, 1, 3, "lost_workers"),
    },
    "executor": {
        "loop_lag_s": Figure(0.01, 0.004, 0.5, 3, "stuck"),
        "clock_offset_s": Figure(0.0, 0.02, 2, 20, "errors"),
    },
    "api": {"requests_per_s": Figure(50, 4, 170, 400, "overloaded")},
}


@dataclass(frozen=True)
class FaultKind:
    """A way to break: where, with which effect, and what cures it with which chance.

    Args:
        targets: components of which one is struck.
        slower: factor on its latency.
        errors: share of its calls that fail.
        shows: its own figures that move, and to where.
        cures: actions on the struck component, each with the chance that it helps.
        hurts: other components that fail although the struck one seems well: name and share of errors.
        ramp_s: seconds over which the effect grows.
        ends_s: seconds after which it ends by itself.
        is_change: whether it is a change that somebody made.
    """

    name: str
    targets: tuple[str, ...]
    cures: Mapping[str, float]
    slower: float = 1.0
    errors: float = 0.0
    shows: Mapping[str, float] = field(default_factory=dict)
    hurts: Mapping[str, float] = field(default_factory=dict)
    ramp_s: float = 0.5
    ends_s: float | None = None
    is_change: bool = False


FAULTS = (
    FaultKind(
        "worker_crash",
        ("workers",),
        {"restart": 0.97, "replace": 0.95},
        1.5,
        0.4,
        {"lost_workers": 3, "heartbeat_age_s": 6},
    ),
    FaultKind(
        "worker_hang",
        ("workers",),
        {"restart": 0.45, "replace": 0.97},
        8.0,
        0.1,
        {"heartbeat_age_s": 9, "busy_share": 1.0},
    ),
    FaultKind(
        "slow_database",
        ("database",),
        {"kill_queries": 0.92, "failover": 0.95, "restart": 0.4},
        8.0,
        0.05,
        {"cpu_share": 0.95},
    ),
    FaultKind(
        "lost_connection",
        ("database",),
        {"reconnect": 0.97, "restart": 0.9, "failover": 0.95},
        1.0,
        0.9,
        {"connections": 0},
    ),
    FaultKind(
        "disk_full", ("disk",), {"free_space": 0.95, "spare_disk": 0.97}, 2.0, 0.75, {"used_share": 0.995}
    ),
    FaultKind("memory_leak", ("model",), {"restart": 0.97}, 7.0, 0.5, {"memory_share": 0.98}, ramp_s=80.0),
    FaultKind(
        "poisoned_cache",
        ("cache",),
        {"clear": 0.97, "restart": 0.8, "bypass": 0.9},
        1.0,
        0.0,
        {"stale_share": 0.3},
        {"workers": 0.4, "api": 0.35},
    ),
    FaultKind(
        "expired_token",
        ("connector",),
        {"renew_token": 0.98, "restart": 0.3},
        1.0,
        0.9,
        {"auth_failures": 25},
    ),
    FaultKind(
        "rate_limit_storm", ("connector",), {"slow_down": 0.95, "reroute": 0.6}, 2.0, 0.6, {"throttled": 50}
    ),
    FaultKind(
        "bad_configuration",
        ("database", "workers", "connector", "model", "queue", "api", "executor"),
        {"roll_back": 0.97, "restart": 0.05},
        5.0,
        0.35,
        is_change=True,
    ),
    FaultKind(
        "clock_skew", ("executor",), {"resync_clock": 0.97, "restart": 0.15}, 1.5, 0.35, {"clock_offset_s": 9}
    ),
    FaultKind(
        "corrupted_input",
        ("queue",),
        {"quarantine": 0.97},
        1.2,
        0.05,
        {"dead_letters": 18},
        {"workers": 0.45},
    ),
    FaultKind(
        "dependency_outage",
        ("marketplace",),
        {"switch_provider": 0.92, "serve_cached": 0.95},
        3.0,
        1.0,
        {"status_5xx": 1.0},
        ends_s=240.0,
    ),
    FaultKind("network_delay", ("network",), {"reroute": 0.95, "reset": 0.5}, 9.0, 0.1, {"rtt_ms": 150}),
    FaultKind(
        "deadlock",
        ("database",),
        {"kill_queries": 0.95, "restart": 0.9, "failover": 0.6},
        6.0,
        0.25,
        {"lock_waits": 40},
    ),
    FaultKind(
        "overload",
        ("api",),
        {"shed_load": 0.95, "scale_out": 0.95},
        6.0,
        0.2,
        {"requests_per_s": 230},
        {"executor": 0.15},
    ),
    FaultKind("blocked_loop", ("executor",), {"restart": 0.97}, 6.0, 0.1, {"loop_lag_s": 2.5}),
    FaultKind(
        "stalled_queue", ("queue",), {"restart": 0.6, "rebalance": 0.95}, 6.0, 0.1, {"depth": 450}, ramp_s=3.0
    ),
)

# name, kinds of component, layer, seconds, preventive: in the order of a cautious operator's fixed playbook
ACTIONS = (
    ("reconnect", ("database", "connector", "cache"), Layer.REROUTE, 0.5, False),
    (
        "restart",
        ("cache", "model", "database", "journal", "connector", "queue", "worker", "executor", "api"),
        Layer.REROUTE,
        1.5,
        True,
    ),
    ("kill_queries", ("database",), Layer.REROUTE, 0.7, False),
    ("clear", ("cache", "queue"), Layer.REROUTE, 0.5, True),
    ("free_space", ("disk",), Layer.REROUTE, 1.5, True),
    ("reset", ("network",), Layer.REROUTE, 1.5, False),
    ("reroute", ("network", "connector"), Layer.REROUTE, 1.0, False),
    ("renew_token", ("connector",), Layer.REROUTE, 0.6, False),
    ("slow_down", ("connector", "queue"), Layer.REROUTE, 0.4, False),
    ("resync_clock", ("executor",), Layer.REROUTE, 0.5, False),
    ("quarantine", ("queue",), Layer.REROUTE, 0.8, False),
    ("rebalance", ("queue", "worker"), Layer.REROUTE, 1.0, False),
    ("shed_load", ("api", "queue"), Layer.REROUTE, 0.5, False),
    (
        "roll_back",
        ("database", "worker", "connector", "model", "queue", "api", "executor"),
        Layer.REROUTE,
        1.0,
        False,
    ),
    ("failover", ("database", "journal"), Layer.ALTERNATIVE, 4.0, False),
    ("replace", ("worker", "model"), Layer.ALTERNATIVE, 3.0, False),
    ("scale_out", ("api", "worker", "executor"), Layer.ALTERNATIVE, 5.0, False),
    ("spare_disk", ("disk",), Layer.ALTERNATIVE, 4.0, False),
    ("switch_provider", ("marketplace",), Layer.ALTERNATIVE, 2.0, False),
    ("serve_cached", ("marketplace",), Layer.DEGRADE, 0.5, False),
    ("bypass", ("cache",), Layer.DEGRADE, 0.5, False),
)

LIMITS = (Limit("model", "memory_share", 0.92), Limit("disk", "used_share", 0.9))


@dataclass
class Fault:
    """A fault that is there: its kind, where it struck, when, how hard, and what of it shows."""

    kind: FaultKind
    target: str
    at: datetime
    strength: float
    shows: Mapping[str, float]
    slower: float
    errors: float
    grey: bool
    eased_until: datetime | None = None


class Plant:
    """The system under test, on a virtual clock.

    Args:
        clock: moved by the benchmark.
        generator: of the noise and the luck.
    """

    def __init__(self, clock: VirtualClock, generator: np.random.Generator) -> None:
        self.fault: Fault | None = None
        self.cured_by = ""
        self._changes: list[Change] = []
        self._clock = clock
        self._draw = generator
        self._names = [each.name for each in COMPONENTS]
        self._place = {name: index for index, name in enumerate(self._names)}
        self._down_until: dict[str, datetime] = {}
        self._jumps: list[tuple[str, str, float, datetime]] = []
        count = len(self._names)
        self._latency = np.full(count, BASE_LATENCY_S)
        self._errors = np.full(count, BASE_ERRORS)
        self._past: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=8)
        self._edges = self._draw_edges()
        self._own = {
            name: {metric: each.usual for metric, each in FIGURES[name].items()} for name in self._names
        }

    def strike(self, kind: FaultKind, draw: np.random.Generator) -> Fault:
        """Break something of this kind, somewhere, somehow."""
        target = str(draw.choice(kind.targets))
        strength = float(draw.uniform(0.7, 1.3))
        shows, slower, errors = dict(kind.shows), kind.slower, kind.errors
        now = self._clock.now()
        if kind.is_change:
            metric = str(draw.choice(list(FIGURES[target])))
            figure = FIGURES[target][metric]
            shows = {metric: figure.usual + (8 + 12 * draw.random()) * max(figure.noise, 0.05)}
            slower, errors = (slower, 0.05) if draw.random() < 0.5 else (1.2, errors)
            self._changes.append(Change(now, target, Words("a setting", "설정")))
        if draw.random() < 0.5:
            self.change_something(draw)
        grey = draw.random() < 0.25 and target != "api"
        if draw.random() < 0.25:
            shows = {}
        self.fault = Fault(kind, target, now, strength, shows, slower, errors, grey)
        self.cured_by = ""
        return self.fault

    def change_something(self, draw: np.random.Generator) -> None:
        """A change that does no harm; recovery is told of it as of any other."""
        self._changes.append(
            Change(self._clock.now(), str(draw.choice(self._names)), Words("tidying", "정리"))
        )

    def changes(self, since: datetime) -> list[Change]:
        """What was changed since a moment."""
        return [change for change in self._changes if change.at >= since]

    @property
    def hurting(self) -> bool:
        """Whether anybody would notice: something fails or is slow, in truth."""
        return bool((self._errors > 0.1).any() or (self._latency > 3 * BASE_LATENCY_S).any())

    def mend(self, how: str) -> None:
        """The fault is over."""
        self.fault, self.cured_by = None, how

    def step(self) -> None:
        """Let a tick pass: trouble travels, figures move."""
        now = self._clock.now()
        level = self._level(now)
        latency = np.full(len(self._names), BASE_LATENCY_S)
        errors = np.full(len(self._names), BASE_ERRORS)
        if self.fault is not None and level > 0:
            place = self._place[self.fault.target]
            latency[place] *= 1 + (self.fault.slower - 1) * self.fault.strength * level
            errors[place] = min(1.0, self.fault.errors * self.fault.strength * level)
            for name, share in self.fault.kind.hurts.items():
                errors[self._place[name]] = min(1.0, share * self.fault.strength * level)
        for name, until in self._down_until.items():
            if now < until:
                errors[self._place[name]] = 1.0
        self._travel(latency, errors)
        self._show(level, now)

    def read(self, component: str) -> Reading:
        """What a health check of this component finds: noisy figures against the limits of its check."""
        place = self._place[component]
        noise = self._draw.lognormal(0, 0.12, size=2)
        seen = 0.1 if self.fault and self.fault.grey and self.fault.target == component else 1.0
        latency_s = float((BASE_LATENCY_S + seen * (self._latency[place] - BASE_LATENCY_S)) * noise[0])
        errors = float(min(1.0, (BASE_ERRORS + seen * (self._errors[place] - BASE_ERRORS)) * noise[1]))
        metrics = {LATENCY: latency_s, ERRORS: errors}
        metrics.update(
            {
                metric: float(value + self._draw.normal(0, FIGURES[component][metric].noise))
                for metric, value in self._own[component].items()
                if self._draw.random() > 0.03
            }
        )
        return judged(component, metrics)

    async def act(self, name: str, component: str, seconds: float) -> None:
        """Do what an action does: it takes its time, and helps if it is a cure and luck is with it."""
        now = self._clock.now()
        if name == "restart":
            self._down_until[component] = now.fromtimestamp(now.timestamp() + seconds, tz=now.tzinfo)
        await self._clock.sleep(seconds * float(self._draw.uniform(0.7, 1.4)))
        fault = self.fault
        if fault is None or fault.target != component:
            return
        if self._draw.random() < fault.kind.cures.get(name, 0.0):
            self.mend(name)
        elif name == "restart" and self._draw.random() < 0.3:
            ease_s = float(self._draw.uniform(6, 14))
            fault.eased_until = now.fromtimestamp(self._clock.now().timestamp() + ease_s, tz=now.tzinfo)

    def actions(self) -> list[Action]:
        """What recovery may do."""
        return [self._action(*row) for row in ACTIONS]

    def _action(
        self, name: str, kinds: tuple[str, ...], layer: Layer, seconds: float, preventive: bool
    ) -> Action:
        async def run(component: str) -> None:
            await self.act(name, component, seconds)

        return Action(name, kinds, layer, run, expected_s=seconds + 2.0, settle_s=3.0, preventive=preventive)

    def _level(self, now: datetime) -> float:
        """How much of the fault shows now, 0 to 1."""
        fault = self.fault
        if fault is None or (fault.eased_until is not None and now < fault.eased_until):
            return 0.0
        age_s = (now - fault.at).total_seconds()
        if fault.kind.ends_s is not None and age_s > fault.kind.ends_s:
            self.mend("itself")
            return 0.0
        return min(1.0, age_s / fault.kind.ramp_s)

    def _travel(self, latency: np.ndarray, errors: np.ndarray) -> None:
        """Trouble of what a component needs arrives late and weakened."""
        for here, needed, share, lag in self._edges:
            if len(self._past) > lag:
                late, wrong = self._past[-1 - lag]
                latency[here] += share * max(0.0, float(late[needed]) - BASE_LATENCY_S)
                errors[here] = 1 - (1 - errors[here]) * (1 - share * float(wrong[needed]))
        self._latency = 0.5 * self._latency + 0.5 * latency
        self._errors = 0.4 * self._errors + 0.6 * errors
        self._past.append((self._latency.copy(), self._errors.copy()))

    def _show(self, level: float, now: datetime) -> None:
        """Own figures move with the fault, with what is felt from others, and sometimes for no reason."""
        slow = {name: self._latency[place] / BASE_LATENCY_S for name, place in self._place.items()}
        wrong = {name: float(self._errors[place]) for name, place in self._place.items()}
        felt: dict[tuple[str, str], float] = {
            ("queue", "depth"): 20 * (1 + 1.5 * np.log(slow["workers"]) + 3 * wrong["workers"]),
            ("workers", "busy_share"): min(1.0, 0.5 + 0.12 * np.log(slow["workers"])),
            ("database", "connections"): min(100, 20 * (1 + 0.4 * np.log(slow["database"]))),
            ("database", "lock_waits"): 0.3 + 1.5 * np.log(slow["database"]),
            ("api", "requests_per_s"): 50 * (1 + 0.9 * wrong["api"]),
            ("journal", "lag_s"): 0.02 * slow["journal"],
            ("executor", "loop_lag_s"): 0.01 * (1 + 0.5 * np.log(slow["executor"])),
            ("model", "cpu_share"): 0.4 + 0.08 * np.log(slow["model"]),
        }
        goals = {
            (name, metric): each.usual for name in FIGURES for metric, each in FIGURES[name].items()
        } | felt
        if self.fault is not None and level > 0:
            for metric, value in self.fault.shows.items():
                usual = FIGURES[self.fault.target][metric].usual
                goals[self.fault.target, metric] = usual + (value - usual) * level
        for name, metric, height, until in self._jumps:
            if now < until:
                goals[name, metric] += height
        if self._draw.random() < 0.03:
            self._jump(now)
        for (name, metric), goal in goals.items():
            self._own[name][metric] += 0.6 * (goal - self._own[name][metric])

    def _jump(self, now: datetime) -> None:
        name = str(self._draw.choice(self._names))
        metric = str(self._draw.choice(list(FIGURES[name])))
        height = float(self._draw.uniform(4, 15)) * max(FIGURES[name][metric].noise, 1e-3)
        until = now.fromtimestamp(now.timestamp() + float(self._draw.uniform(1, 6)), tz=now.tzinfo)
        self._jumps = [each for each in self._jumps if each[3] > now] + [(name, metric, height, until)]

    def _draw_edges(self) -> list[tuple[int, int, float, int]]:
        edges = []
        for each in COMPONENTS:
            shares = self._draw.uniform(0.3, 0.9, size=len(each.needs))
            edges.extend(
                (each.name, needed, float(share)) for needed, share in zip(each.needs, shares, strict=True)
            )
            edges.extend((each.name, needed, 0.15) for needed in HIDDEN_EDGES.get(each.name, ()))
        return [
            (self._place[here], self._place[needed], share, int(self._draw.integers(0, 4)))
            for here, needed, share in edges
        ]


def judged(component: str, metrics: Mapping[str, float]) -> Reading:
    """How a check with fixed limits judges these figures."""
    found = []
    if metrics[ERRORS] >= 0.1:
        kind = "unreachable" if metrics[ERRORS] >= 0.9 else "errors"
        found.append((HealthState.FAILING if metrics[ERRORS] >= 0.3 else HealthState.DEGRADED, kind))
    if metrics[LATENCY] >= 3 * BASE_LATENCY_S:
        found.append(
            (HealthState.FAILING if metrics[LATENCY] >= 10 * BASE_LATENCY_S else HealthState.DEGRADED, "slow")
        )
    for metric, figure in FIGURES[component].items():
        value = metrics.get(metric, figure.usual)
        if value >= figure.degraded:
            found.append(
                (HealthState.FAILING if value >= figure.failing else HealthState.DEGRADED, figure.kind)
            )
    if not found:
        return Reading(metrics=metrics)
    state, kind = max(found, key=lambda each: each[0] is HealthState.FAILING)
    return Reading(state, kind, "", metrics)
