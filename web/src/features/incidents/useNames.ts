// Plain names for what recovery does and for kinds of incidents; unknown ones are shown as they came.
import { useTranslation } from "react-i18next";

const actions = [
  "reconnect", "replace_lost_workers", "give_memory_back", "give_all_memory_back", "forget_old_runs", "add_a_worker", "hold_new_work",
  "await_cluster", "run_as_declared", "reconnect_records", "restart", "reroute", "restore",
] as const;
const kinds = [
  "unreachable", "slow", "errors", "full", "stuck", "overloaded", "memory", "lost_workers", "silent", "rollback_failed", "run_stuck", "no_workers", "quarantined",
  "disk", "event loop", "database", "executor", "workers", "cluster", "records", "agents",
  "latency_s", "error_rate", "loop_lag_s", "heartbeat_age_s",
] as const;

const plain = (name: string) => name.replaceAll("_", " ");
const isOne = <Name extends string>(names: readonly Name[], name: string): name is Name => names.some((one) => one === name);

export function useRecoveryNames() {
  const { t } = useTranslation("incidents");
  return {
    action: (name: string) => (isOne(actions, name) ? t(`action.${name}`) : plain(name)),
    /** A playbook's situation is a kind of component and a kind of trouble, as in "workers:lost_workers". */
    situation: (name: string) =>
      name
        .split(/[:/]/)
        .map((part) => (isOne(kinds, part.trim()) ? t(`kind.${part.trim() as (typeof kinds)[number]}`) : plain(part)))
        .join(" · "),
  };
}
