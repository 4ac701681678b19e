// Plain names for what recovery does and what a timeline tells; unknown ones are shown as they came.
import { useTranslation } from "react-i18next";

const actions = ["restart", "reroute", "retry", "second_source", "alternative", "degrade", "compensate", "restore", "relieve_memory", "add_worker", "call_person"] as const;
const outcomes = ["recovered", "succeeded", "failed", "running", "skipped"] as const;

const plain = (name: string) => name.replaceAll("_", " ");
const isOne = <Name extends string>(names: readonly Name[], name: string): name is Name => names.some((one) => one === name);

export function useRecoveryNames() {
  const { t } = useTranslation("incidents");
  return {
    action: (name: string) => (isOne(actions, name) ? t(`action.${name}`) : plain(name)),
    outcome: (name: string) => (isOne(outcomes, name) ? t(`outcome.${name}`) : plain(name)),
    kind: plain,
  };
}
