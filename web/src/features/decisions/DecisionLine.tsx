// A decision as one line: the sentence, where it stands, what is expected of it and when it was made.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { DecisionSummary } from "@/api/types";
import { Estimate } from "@/components/Estimate";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusTag } from "@/components/Tag";
import { useWords } from "@/format/useFormats";
import { Worth } from "./Worth";

interface DecisionLineProps {
  decision: DecisionSummary;
  /** What can be done about it, beside the line. */
  actions?: ReactNode;
  /** Shows the whole expected interval instead of the status. */
  expectation?: boolean;
}

export function DecisionLine({ decision, actions, expectation = false }: DecisionLineProps) {
  const words = useWords();
  const { predicted } = decision;
  return (
    <Box
      sx={{
        position: "relative",
        display: "flex",
        flexWrap: "wrap",
        alignItems: "center",
        columnGap: 2,
        rowGap: 1,
        px: 2.5,
        py: 1.5,
        borderTop: 1,
        borderColor: "divider",
        "&:hover": { bgcolor: "action.hover" },
      }}
    >
      <Box sx={{ flex: "1 1 260px", minWidth: 0 }}>
        <Box
          component={Link}
          to={`/decisions/${decision.id}`}
          sx={{
            color: "text.primary",
            textDecoration: "none",
            display: "-webkit-box",
            WebkitLineClamp: 2,
            WebkitBoxOrient: "vertical",
            overflow: "hidden",
            "&::after": { content: '""', position: "absolute", inset: 0 },
          }}
        >
          {words(decision.summary)}
        </Box>
        <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, mt: 0.5, fontSize: 13, color: "text.secondary" }}>
          {expectation ? <Estimate {...predicted} /> : <StatusTag status={decision.status} />}
          {expectation ? null : <Worth decision={decision} />}
          <RelativeTime at={decision.created_at} />
        </Box>
      </Box>
      {actions ? <Box sx={{ position: "relative", zIndex: 1, display: "flex", gap: 1 }}>{actions}</Box> : null}
    </Box>
  );
}
