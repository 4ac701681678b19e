// What needs you: the decisions that wait, with the buttons that settle them.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import type { SxProps, Theme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Overview } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { CircleCheck } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { DecideButtons } from "@/features/decisions/DecideButtons";
import { DecisionLine } from "@/features/decisions/DecisionLine";
import { useDecide } from "@/features/decisions/useDecide";
import { useWords } from "@/format/useFormats";

const shown = 3;

export function NeedsYou({ needsYou, sx }: { needsYou: Overview["needs_you"]; sx?: SxProps<Theme> }) {
  const { t } = useTranslation(["overview", "words"]);
  const words = useWords();
  const manage = mayManage(usePerson());
  const { ask, dialog } = useDecide();
  return (
    <Card
      flush
      title={t("needs.title")}
      action={
        needsYou.waiting > shown ? (
          <Button variant="text" component={Link} to="/decisions?status=waiting">
            {t("needs.all", { count: needsYou.waiting })}
          </Button>
        ) : null
      }
      sx={sx}
    >
      {needsYou.items.length ? (
        <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
          {needsYou.items.slice(0, shown).map((decision) => (
            <li key={decision.id}>
              <DecisionLine
                decision={decision}
                expectation
                actions={
                  manage ? (
                    <DecideButtons
                      name={words(decision.subject.label)}
                      onAsk={(verdict) => ask({ verdict, decisions: [decision] })}
                    />
                  ) : null
                }
              />
            </li>
          ))}
        </Box>
      ) : (
        <EmptyState icon={CircleCheck} title={t("needs.emptyTitle")} compact>
          {t("needs.emptyDetail")}
        </EmptyState>
      )}
      {dialog}
    </Card>
  );
}
