// Made-up incidents: what broke, why, and what the four layers of recovery tried; with breakers and playbooks.
import type { Breaker, IncidentDetail, IncidentStatus, Playbook, Severity } from "../../src/api/machine";
import type { Words } from "../../src/api/types";
import { seeded } from "../products";
import { iso } from "./runs";

const now = Date.now();
type Kind = [name: string, component: string, title: Words, cause: Words, symptom: string];
const kinds: Kind[] = [
  ["worker_lost", "worker:dask-6", { en: "A worker stopped answering", ko: "작업자가 응답하지 않습니다" }, { en: "The machine of dask-6 ran out of memory", ko: "dask-6 장비의 메모리가 모자랐습니다" }, "heartbeat_age_s"],
  ["supplier_down", "connector:supplier", { en: "The supplier’s server gives no answer", ko: "공급처 서버가 응답하지 않습니다" }, { en: "Their certificate ran out this morning", ko: "공급처 인증서가 오늘 아침 만료됐습니다" }, "error_rate"],
  ["store_slow", "database", { en: "The database answers slowly", ko: "데이터베이스 응답이 느립니다" }, { en: "A long import holds a lock", ko: "긴 가져오기 작업이 잠금을 잡고 있습니다" }, "latency_p95_ms"],
  ["memory_high", "memory", { en: "Memory is nearly full", ko: "메모리가 거의 찼습니다" }, { en: "The forecast cache grew past its bound", ko: "예측 캐시가 한도를 넘었습니다" }, "rss_percent"],
  ["executor_lost", "executor:shop-3", { en: "An executor is gone; its runs were taken over", ko: "실행기가 사라져 다른 실행기가 이어받았습니다" }, { en: "Its process was killed", ko: "프로세스가 강제로 끝났습니다" }, "heartbeat_age_s"],
  ["step_failing", "step:reorder/forecast", { en: "A step fails more often than usual", ko: "한 단계가 평소보다 자주 실패합니다" }, { en: "Version 3 of “reorder” began an hour before", ko: "한 시간 전에 ‘reorder’ 버전 3이 시작됐습니다" }, "failure_rate"],
];
const actions = ["reconnect", "replace_lost_workers", "hold_new_work", "give_memory_back", "add_a_worker"] as const;
const layersOf = ["reroute", "alternative", "degrade", "restore"] as const;

function makeIncident(index: number): IncidentDetail {
  const random = seeded(5000 + index);
  const [kind, component, title, cause, symptom] = kinds[index % kinds.length] ?? kinds[0]!;
  const status: IncidentStatus = index === 0 ? "recovering" : index === 1 ? "escalated" : index === 2 ? "open" : "resolved";
  const severity: Severity = index === 1 ? "critical" : (["low", "medium", "high", "medium"] as const)[Math.floor(random() * 4)] ?? "low";
  const begin = now - (index < 3 ? (index + 1) * 210_000 : index * 5_400_000);
  const layers = status === "escalated" ? 4 : random() < 0.75 ? 1 : 2 + Math.floor(random() * 2);
  const took = layers === 1 ? 2 + random() * 12 : layers * 90 * random() + 30;
  const tried = Array.from({ length: layers }, (_, at) => {
    const from = begin + (1 + (at / layers) * took) * 1000;
    const last = at === layers - 1;
    const going = last && status === "recovering";
    return {
      action: actions[at] ?? "reconnect",
      target: component,
      layer: layersOf[at] ?? "restore",
      started_at: iso(from),
      ended_at: going ? null : iso(from + (took / layers) * 1000),
      outcome: going ? ("running" as const) : last && status === "resolved" ? ("recovered" as const) : at % 2 ? ("failed" as const) : ("no_effect" as const),
    };
  });
  const resolved = status === "resolved" ? iso(begin + (1 + took) * 1000) : null;
  const top = 0.6 + random() * 0.35;
  return {
    id: `i-${String(400 - index).padStart(5, "0")}`,
    kind,
    title,
    status,
    severity,
    component,
    run_id: null,
    started_at: iso(begin),
    resolved_at: resolved,
    layer: layersOf[layers - 1] ?? "reroute",
    cause,
    recovery_s: resolved ? took : null,
    symptoms: [
      { name: symptom, value: Math.round(8 + random() * 90), normal: Math.round(1 + random() * 4), at: iso(begin) },
      { name: "queue_length", value: Math.round(40 + random() * 300), normal: 12, at: iso(begin + 1500) },
    ],
    causes: [
      { component, probability: top, evidence: [cause, { en: "Its figures left their range 4 s before all others", ko: "다른 수치보다 4초 먼저 범위를 벗어났습니다" }] },
      { component: "host:shop-2", probability: (1 - top) * 0.7, evidence: [{ en: "Load rose at the same time", ko: "같은 때 부하가 올랐습니다" }] },
      { component: "network", probability: (1 - top) * 0.3, evidence: [{ en: "Two other components on the same path slowed", ko: "같은 경로의 다른 구성요소 둘도 느려졌습니다" }] },
    ],
    timeline: [
      { at: iso(begin), kind: "noticed", words: { en: "Noticed by the health check", ko: "상태 점검에서 발견했습니다" } },
      { at: iso(begin + 400), kind: "diagnosed", words: { en: "The likeliest cause was found", ko: "가장 그럴듯한 원인을 찾았습니다" } },
      ...tried.flatMap(({ started_at: at, outcome, ended_at: end }) => [
        { at, kind: "action", words: { en: "A recovery began", ko: "복구를 시작했습니다" } },
        ...(end ? [{ at: end, kind: outcome === "recovered" ? "recovered" : "failed", words: outcome === "recovered" ? { en: "It worked", ko: "효과가 있었습니다" } : { en: "It did not help", ko: "효과가 없었습니다" } }] : []),
      ]),
      ...(status === "escalated" ? [{ at: iso(begin + (2 + took) * 1000), kind: "escalated", words: { en: "A person was called", ko: "사람을 불렀습니다" } }] : []),
      ...(resolved ? [{ at: resolved, kind: "resolved", words: { en: "All figures are back in their range", ko: "모든 수치가 제자리로 돌아왔습니다" } }] : []),
    ],
    actions: tried,
    note: "",
    acknowledged_by: index > 2 && random() < 0.3 ? "owner@example.com" : null,
  };
}

export const incidents: IncidentDetail[] = Array.from({ length: 180 }, (_, index) => makeIncident(index));

export const breakers: Breaker[] = [
  { name: "connector:supplier", state: "open", failures: 7, opened_at: iso(now - 130_000), retry_at: iso(now + 42_000) },
  { name: "connector:market", state: "half_open", failures: 3, opened_at: iso(now - 410_000), retry_at: iso(now - 4_000) },
  { name: "database", state: "closed", failures: 0, opened_at: null, retry_at: null },
  { name: "dask", state: "closed", failures: 1, opened_at: null, retry_at: null },
];

export const playbooks: Playbook[] = kinds.map(([incident], index) => {
  const random = seeded(61 + index);
  const shares = [random() + 0.6, random() * 0.4, random() * 0.25];
  const sum = shares.reduce((a, b) => a + b, 0);
  return {
    incident_kind: incident,
    actions: shares.map((share, at) => {
      const tries = Math.round(4 + (share / sum) * 60 * random() + at);
      return { action: actions[(at + index) % 4] ?? "reconnect", tries, successes: Math.round(tries * Math.min(0.98, share)), mean_recovery_s: 2 + random() * 40, probability_best: share / sum };
    }),
  };
});
