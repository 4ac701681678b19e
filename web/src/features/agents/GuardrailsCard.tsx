// The guardrails of an agent with their limits; a manager may move a limit, never the guardrail.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentDetail } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { ShieldCheck } from "@/components/icons";
import { useCurrency, useFormats, useWords } from "@/format/useFormats";
import { type Guardrail, LimitDialog } from "./LimitDialog";
import { useLimitText } from "./useLimitText";

export function GuardrailsCard({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const formats = useFormats();
  const currency = useCurrency();
  const text = useLimitText();
  const manage = mayManage(usePerson());
  const [changing, setChanging] = useState<Guardrail | null>(null);
  return (
    <Card title={t("guardrails.title")}>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {agent.guardrails.map((guardrail) => (
          <Box component="li" key={guardrail.guard} sx={{ display: "flex", gap: 1.5, alignItems: "center", py: 1.25, borderTop: 1, borderColor: "divider", "&:first-of-type": { borderTop: 0, pt: 0 } }}>
            <Box sx={{ color: "text.secondary", display: "flex" }}>
              <ShieldCheck size={18} strokeWidth={1.75} aria-hidden />
            </Box>
            <Box sx={{ flex: 1, minWidth: 0, wordBreak: "keep-all" }}>
              <Box sx={{ fontSize: 13, lineHeight: "18px", color: "text.secondary" }}>{words(guardrail.words)}</Box>
              <Box sx={{ fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
                {guardrail.limit === null ? t("guardrails.always") : t("guardrails.upTo", { limit: text(guardrail.limit, guardrail.unit) })}
              </Box>
            </Box>
            {manage && guardrail.limit !== null ? (
              <Button aria-haspopup="dialog" aria-label={t("guardrails.changeOne", { name: words(guardrail.words) })} onClick={() => setChanging(guardrail)}>
                {t("control.change")}
              </Button>
            ) : null}
          </Box>
        ))}
      </Box>
      <Box sx={{ mt: 1, pt: 1.5, borderTop: 1, borderColor: "divider", fontSize: 13, lineHeight: "20px", color: "text.secondary", wordBreak: "keep-all" }}>
        {t("guardrails.maxLoss", { loss: formats.money(agent.max_loss_per_cycle, currency) })}
      </Box>
      {changing ? <LimitDialog agent={agent} guardrail={changing} onClose={() => setChanging(null)} /> : null}
    </Card>
  );
}
