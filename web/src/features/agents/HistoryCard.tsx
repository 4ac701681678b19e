// How the level changed, newest first: from what to what, why, and through whom.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { AgentDetail } from "@/api/types";
import { Card } from "@/components/Card";
import {
  ArrowDownRight, ArrowRight, ArrowUpRight, Clock3, Lock, type LucideIcon, OctagonX, Pin, Play, SlidersHorizontal, TriangleAlert,
} from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { RelativeTime } from "@/components/RelativeTime";
import { LevelTag } from "@/components/Tag";
import { useWords } from "@/format/useFormats";

const kinds = {
  promoted: ArrowUpRight,
  demoted: ArrowDownRight,
  alarm: TriangleAlert,
  stopped: OctagonX,
  resumed: Play,
  capped: Lock,
  pinned: Pin,
  unpinned: Pin,
  set: SlidersHorizontal,
} satisfies Record<string, LucideIcon>;
type Kind = keyof typeof kinds;
const isKind = (kind: string): kind is Kind => kind in kinds;

export function HistoryCard({ history }: { history: AgentDetail["history"] }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const rows = [...history].sort((a, b) => (a.at < b.at ? 1 : -1));
  return (
    <Card title={t("history.title")}>
      {rows.length === 0 ? (
        <EmptyState icon={Clock3} title={t("history.emptyTitle")} compact>
          {t("history.emptyDetail")}
        </EmptyState>
      ) : (
        <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0 }}>
          {rows.map((row, index) => {
            const Icon = isKind(row.kind) ? kinds[row.kind] : Clock3;
            return (
              <Box component="li" key={`${row.at} ${row.kind} ${rows.length - index}`} sx={{ display: "flex", gap: 1.5, pb: index < rows.length - 1 ? 2 : 0 }}>
                <Box sx={{ display: "flex", flexDirection: "column", alignItems: "center", color: "text.secondary", pt: "3px" }}>
                  <Icon size={16} strokeWidth={2} aria-hidden />
                  {index < rows.length - 1 ? <Box sx={{ flex: 1, width: "1px", bgcolor: "divider", mt: 0.75 }} /> : null}
                </Box>
                <Box sx={{ flex: 1, minWidth: 0 }}>
                  <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, rowGap: 0.5 }}>
                    <Box component="span" sx={{ fontWeight: 600 }}>
                      {isKind(row.kind) ? t(`history.kind.${row.kind}`) : row.kind}
                    </Box>
                    {row.from === row.to ? null : (
                      <Box component="span" sx={{ display: "inline-flex", alignItems: "center", gap: 0.5 }}>
                        <LevelTag level={row.from} />
                        <ArrowRight size={14} role="img" aria-label={t("history.to")} />
                        <LevelTag level={row.to} />
                      </Box>
                    )}
                  </Box>
                  <Box sx={{ fontSize: 13, lineHeight: "20px", color: "text.secondary", overflowWrap: "anywhere" }}>{words(row.cause)}</Box>
                  <Box sx={{ fontSize: 12, color: "text.secondary" }}>
                    <RelativeTime at={row.at} />
                  </Box>
                </Box>
              </Box>
            );
          })}
        </Box>
      )}
    </Card>
  );
}
