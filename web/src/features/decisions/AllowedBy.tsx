// Who allowed a decision: a person, or the level that the agent has earned.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { DecisionSummary, Level } from "@/api/types";
import { Bot, User } from "@/components/icons";

const isLevel = (text: string | undefined): text is Level => ["shadow", "advise", "bounded", "full"].includes(text ?? "");

export function AllowedBy({ decision, short = false }: { decision: Pick<DecisionSummary, "allowed_by">; short?: boolean }) {
  const { t } = useTranslation(["decisions", "words"]);
  const [kind, ...rest] = decision.allowed_by.split(":");
  const name = rest.join(":");
  const level = isLevel(name) ? t(`words:level.${name}`) : name;
  if (!kind)
    return (
      <Box component="span" sx={{ color: "text.secondary" }}>
        {short ? "–" : t("detail.nobody")}
      </Box>
    );
  const Icon = kind === "person" ? User : Bot;
  const text = kind === "person" ? (short ? name : t("detail.person", { person: name })) : short ? level : t("detail.byLevel", { level });
  return (
    <Box component="span" sx={{ display: "inline-flex", alignItems: "center", gap: 0.75, maxWidth: "100%" }}>
      <Icon size={14} aria-hidden style={{ flexShrink: 0 }} />
      <Box component="span" sx={{ overflow: "hidden", textOverflow: "ellipsis", ...(short && { whiteSpace: "nowrap", maxWidth: 120 }) }} title={short ? name : undefined}>
        {text}
      </Box>
    </Box>
  );
}
