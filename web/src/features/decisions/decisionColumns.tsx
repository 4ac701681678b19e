// The columns of the decisions' table, and the same as a card on a phone.
import Box from "@mui/material/Box";
import type { TFunction } from "i18next";
import type { DecisionSummary, Words } from "@/api/types";
import type { Column } from "@/components/DataTable";
import { Gain } from "@/components/Gain";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusTag } from "@/components/Tag";
import { AllowedBy } from "./AllowedBy";
import { Worth } from "./Worth";

type Say = TFunction<["decisions", "words"]>;

export function decisionColumns(t: Say, words: (text: Words) => string): Column<DecisionSummary>[] {
  return [
    {
      key: "decision",
      header: t("column.decision"),
      cell: (decision) => (
        <Box
          sx={{ display: "-webkit-box", WebkitLineClamp: 2, WebkitBoxOrient: "vertical", overflow: "hidden", minWidth: 260 }}
          title={words(decision.summary)}
        >
          {words(decision.summary)}
        </Box>
      ),
    },
    {
      key: "status",
      header: t("column.status"),
      width: 136,
      sortBy: "status",
      cell: ({ status }) => <StatusTag status={status} />,
    },
    {
      key: "allowedBy",
      header: t("column.allowedBy"),
      width: 150,
      from: "lg",
      cell: (decision) => <AllowedBy decision={decision} short />,
    },
    {
      key: "expected",
      header: t("column.expected"),
      align: "right",
      width: 104,
      sortBy: "predicted",
      cell: ({ predicted }) => <Gain value={predicted.mean} unit={predicted.unit} />,
    },
    {
      key: "realised",
      header: t("column.realised"),
      align: "right",
      width: 104,
      sortBy: "gain",
      cell: ({ measured, predicted }) =>
        measured ? (
          <Gain value={measured.gain} unit={predicted.unit} />
        ) : (
          <Box component="span" role="img" aria-label={t("notMeasured")} sx={{ color: "text.secondary" }}>
            {"–"}
          </Box>
        ),
    },
    {
      key: "made",
      header: t("column.made"),
      align: "right",
      width: 110,
      sortBy: "created_at",
      cell: ({ created_at: at }) => <RelativeTime at={at} />,
    },
  ];
}

export function DecisionCard({ decision, text }: { decision: DecisionSummary; text: string }) {
  return (
    <>
      <Box>{text}</Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, mt: 0.75, fontSize: 13, color: "text.secondary" }}>
        <StatusTag status={decision.status} />
        <Worth decision={decision} />
        <RelativeTime at={decision.created_at} />
      </Box>
    </>
  );
}
