// Changing what an agent may do, and saying what happened.
import { useTranslation } from "react-i18next";
import { type AgentChange, useChangeAgentMutation } from "@/api/agents";
import { useProblemToast, useToast } from "@/components/Toasts";

export function useAgentChange(name: string) {
  const { t } = useTranslation("agents");
  const [send, { isLoading }] = useChangeAgentMutation();
  const say = useToast();
  const sayProblem = useProblemToast();
  /** Answers whether it was done. */
  const change = async (wanted: AgentChange, done: string = t("changed")): Promise<boolean> => {
    try {
      await send({ name, change: wanted }).unwrap();
      say(done);
      return true;
    } catch (problem) {
      sayProblem(problem);
      return false;
    }
  };
  return { change, send, busy: isLoading };
}
