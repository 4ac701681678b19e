// Changes one limit of an agent: the new figure, what follows, and the server's word where it refuses.
import { zodResolver } from "@hookform/resolvers/zod";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { useId, useMemo } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useChangeAgentMutation } from "@/api/agents";
import { isProblem } from "@/api/problem";
import type { AgentDetail } from "@/api/types";
import { useProblemToast, useToast } from "@/components/Toasts";
import { useWords } from "@/format/useFormats";
import { FormField } from "@/forms/FormField";
import { readNumber, writeNumber } from "@/forms/numbers";
import { useLimitText } from "./useLimitText";

export type Guardrail = AgentDetail["guardrails"][number];

export const limitSchema = (wrong: string) =>
  z.object({ limit: z.string().refine((text) => readNumber(text) >= 0 && readNumber(text) <= 1e12, wrong) });

interface LimitDialogProps {
  agent: AgentDetail;
  guardrail: Guardrail;
  onClose: () => void;
}

export function LimitDialog({ agent, guardrail, onClose }: LimitDialogProps) {
  const { t } = useTranslation(["agents", "words"]);
  const words = useWords();
  const id = useId();
  const say = useToast();
  const sayProblem = useProblemToast();
  const text = useLimitText();
  const [send, { isLoading }] = useChangeAgentMutation();
  const schema = useMemo(() => limitSchema(t("limit.wrong")), [t]);
  const { control, handleSubmit, setError } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { limit: writeNumber(guardrail.limit ?? 0) },
  });
  const wanted = readNumber(useWatch({ control, name: "limit" }));
  const changes = Number.isFinite(wanted) && wanted !== guardrail.limit;

  const submit = handleSubmit(async ({ limit }) => {
    try {
      await send({ name: agent.name, change: { guardrails: { [guardrail.guard]: readNumber(limit) } } }).unwrap();
      say(t("limit.done", { limit: text(readNumber(limit), guardrail.unit) }));
      onClose();
    } catch (problem) {
      if (isProblem(problem) && problem.status === 422) setError("limit", { message: [problem.detail, problem.remedy].join(" ").trim() }, { shouldFocus: true });
      else sayProblem(problem);
    }
  });

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <DialogTitle id={id} variant="h2">
          {t("limit.title")}
        </DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 2 }}>
          <Typography sx={{ fontWeight: 600 }}>{words(guardrail.words)}</Typography>
          <FormField control={control} name="limit" label={t("limit.label")} unit={text.unit(guardrail.unit)} numeric autoFocus sx={{ mt: 0.5 }} />
          <Typography role="status" variant="body2" sx={{ color: "text.secondary", minHeight: 40, wordBreak: "keep-all" }}>
            {changes ? t("limit.consequence", { before: text(guardrail.limit, guardrail.unit), after: text(wanted, guardrail.unit) }) : t("limit.meaning")}
          </Typography>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" disabled={!changes} loading={isLoading}>
            {t("limit.confirm")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
