// The three answers at the top: done, worth, and what waits for you.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import type { SxProps, Theme } from "@mui/material/styles";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type NeedKind, needPlaces, waitingKinds } from "@/api/attention";
import type { Attention, Overview } from "@/api/types";
import { Card } from "@/components/Card";
import { Gain } from "@/components/Gain";
import { ArrowRight } from "@/components/icons";
import { Sparkline } from "@/components/Sparkline";
import { useFormats, useWords } from "@/format/useFormats";
import { rhythmOf } from "./rhythm";

interface AnswerProps {
  question: string;
  figure: ReactNode;
  children: ReactNode;
  aside?: ReactNode;
}

function Answer({ question, figure, children, aside }: AnswerProps) {
  return (
    <Box sx={{ p: 2.5, minWidth: 0, display: "flex", gap: 2 }}>
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography component="h2" variant="body2" sx={{ color: "text.secondary" }}>
          {question}
        </Typography>
        <Box sx={{ fontSize: 28, lineHeight: "36px", fontWeight: 600, letterSpacing: "-0.02em", fontVariantNumeric: "tabular-nums", my: 0.5 }}>
          {figure}
        </Box>
        <Typography component="div" variant="body2" sx={{ color: "text.secondary", wordBreak: "keep-all" }}>
          {children}
        </Typography>
      </Box>
      {aside}
    </Box>
  );
}

function WorthAnswer({ worth }: { worth: Overview["worth"] }) {
  const { t } = useTranslation(["overview", "words"]);
  const formats = useFormats();
  const words = useWords();
  const { mean, low, high, unit } = worth.gain;
  const known = worth.weeks > 0;
  return (
    <Answer question={t("worth.question")} figure={known ? <Gain value={mean} unit={unit} size={28} /> : t("worth.notYet")}>
      {known && low !== null && high !== null ? (
        <div>{t("words:interval", { percent: formats.percent(0.8), range: formats.range({ low, high, unit }) })}</div>
      ) : null}
      <div>{words(worth.confidence)}</div>
    </Answer>
  );
}

function DidAnswer({ did }: { did: Overview["did"] }) {
  const { t } = useTranslation("overview");
  const formats = useFormats();
  const { unit, counts } = rhythmOf(did.by_day);
  return (
    <Answer
      question={t("did.question")}
      figure={t("did.executed", { count: did.executed })}
      aside={
        counts.length ? (
          <Box sx={{ width: 112, alignSelf: "flex-end" }}>
            <Sparkline values={counts} />
            <Typography variant="caption" component="div" sx={{ color: "text.secondary", textAlign: "right", mt: 0.5 }}>
              {t(`did.${unit}`, { count: counts.length })}
            </Typography>
          </Box>
        ) : null
      }
    >
      {t("did.rest", {
        approved: formats.number(did.approved_by_person),
        shadowed: formats.number(did.shadowed),
        blocked: formats.number(did.blocked),
      })}
    </Answer>
  );
}

function NeedsAnswer({ attention }: { attention: Attention | undefined }) {
  const { t } = useTranslation("overview");
  if (!attention) return <Answer question={t("needs.question")} figure={<Skeleton width={120} />}>{" "}</Answer>;
  const kinds = waitingKinds(attention);
  const [first, ...others] = kinds;
  const name = (kind: NeedKind) => t(`needs.kind.${kind}`, { count: attention[kind].count });
  if (!first)
    return (
      <Answer question={t("needs.question")} figure={t("needs.nothing")}>
        {t("needs.nothingDetail")}
      </Answer>
    );
  return (
    <Answer
      question={t("needs.question")}
      figure={others.length ? t("needs.count", { count: attention.total }) : name(first)}
      aside={
        <Box sx={{ alignSelf: "center" }}>
          <Button component={Link} to={needPlaces[first]} variant="contained" color="primary" endIcon={<ArrowRight size={16} aria-hidden />}>
            {t("needs.review")}
          </Button>
        </Box>
      }
    >
      {others.length
        ? kinds.map((kind, index) => (
            <span key={kind}>
              {index > 0 ? " · " : ""}
              <Box component={Link} to={needPlaces[kind]} sx={{ color: "inherit" }}>
                {name(kind)}
              </Box>
            </span>
          ))
        : t(`needs.detail.${first}`)}
    </Answer>
  );
}

export function Answers({ overview, attention, sx }: { overview: Overview; attention: Attention | undefined; sx?: SxProps<Theme> }) {
  return (
    <Card flush sx={sx}>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(3, minmax(0, 1fr))" },
          "& > * + *": { borderColor: "divider", borderStyle: "solid", borderWidth: { xs: "1px 0 0", md: "0 0 0 1px" } },
        }}
      >
        <DidAnswer did={overview.did} />
        <WorthAnswer worth={overview.worth} />
        <NeedsAnswer attention={attention} />
      </Box>
    </Card>
  );
}
