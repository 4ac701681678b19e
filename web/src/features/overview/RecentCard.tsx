// The latest decisions, arriving live.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import type { SxProps, Theme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { DecisionSummary } from "@/api/types";
import { Card } from "@/components/Card";
import { ListChecks } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { DecisionLine } from "@/features/decisions/DecisionLine";

export function RecentCard({ recent, sx }: { recent: readonly DecisionSummary[]; sx?: SxProps<Theme> }) {
  const { t } = useTranslation(["overview", "words"]);
  return (
    <Card
      flush
      title={t("recent.title")}
      action={
        <Button variant="text" component={Link} to="/decisions" aria-label={t("recent.all")}>
          {t("words:action.seeAll")}
        </Button>
      }
      sx={sx}
    >
      {recent.length ? (
        <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
          {recent.map((decision) => (
            <li key={decision.id}>
              <DecisionLine decision={decision} />
            </li>
          ))}
        </Box>
      ) : (
        <EmptyState icon={ListChecks} title={t("recent.emptyTitle")}>
          {t("recent.emptyDetail")}
        </EmptyState>
      )}
    </Card>
  );
}
