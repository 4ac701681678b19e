// Saves the filtered decisions as a CSV file.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type DecisionFilter, decisionsApi } from "@/api/decisions";
import { useAppDispatch } from "@/app/store";
import { useProblemToast, useToast } from "@/components/Toasts";

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function useExport(): { busy: boolean; start: (filter: DecisionFilter) => Promise<void> } {
  const { t } = useTranslation("decisions");
  const dispatch = useAppDispatch();
  const [busy, setBusy] = useState(false);
  const say = useToast();
  const sayProblem = useProblemToast();
  const start = async (filter: DecisionFilter) => {
    setBusy(true);
    const asked = dispatch(decisionsApi.endpoints.exportDecisions.initiate(filter));
    try {
      save(await asked.unwrap(), "decisions.csv");
      say(t("exported"));
    } catch (problem) {
      sayProblem(problem);
    }
    // A file is not server state to keep: it leaves the cache as soon as it is saved.
    asked.reset();
    setBusy(false);
  };
  return { busy, start };
}
