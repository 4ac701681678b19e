// Plain names for what recovery does and for kinds of incidents; unknown ones are shown as they came.
import { useTranslation } from "react-i18next";

const actions = [
  "reconnect", "replace_lost_workers", "give_memory_back", "give_all_memory_back", "forget_old_runs", "add_a_worker", "hold_new_work",
  "await_cluster", "run_as_declared", "reconnect_records", "restart", "reroute", "restore",
] as const;
const kinds = [
  "unreachable", "slow", "errors", "full", "stuck", "overloaded", "memory", "lost_workers", "silent", "rollback_failed", "run_stuck", "no_workers", "quarantined",
  "latency_s", "error_rate", "loop_lag_s", "heartbeat_age_s",
] as const;
/** Parts of the machine, and kinds of them, as playbooks name them. */
const parts = ["disk", "memory", "event loop", "journal", "database", "executor", "workers", "cluster", "records", "agents"] as const;

const plain = (name: string) => name.replaceAll("_", " ");
const isOne = <Name extends string>(names: readonly Name[], name: string): name is Name => names.some((one) => one === name);

export function useRecoveryNames() {
  const { t } = useTranslation("incidents");
  const kind = (name: string) => (isOne(kinds, name) ? t(`kind.${name}`) : plain(name));
  /** A part of the machine, and where it is where there are several: "workers at shop-2-411". */
  const part = (name: string) => {
    const [what = "", place] = name.split(" at ");
    return [isOne(parts, what) ? t(`part.${what}`) : plain(what), place].filter(Boolean).join(" · ");
  };
  return {
    action: (name: string) => (isOne(actions, name) ? t(`action.${name}`) : plain(name)),
    part,
    /** A playbook's situation is a kind of part and a kind of trouble: "workers/lost_workers". */
    situation: (name: string) => {
      const [what = "", ...trouble] = name.split(/[:/]/).map((piece) => piece.trim());
      return [part(what), ...trouble.map(kind)].join(" · ");
    },
    /** A figure is named by its part and by what it measures: "event loop loop_lag_s". */
    figure: (name: string) => {
      const end = name.lastIndexOf(" ");
      return end < 0 ? kind(name) : `${part(name.slice(0, end))} · ${kind(name.slice(end + 1))}`;
    },
  };
}
