// What needs you: incidents that call, approvals that runs wait for and decisions, with the buttons that settle them.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import type { SxProps, Theme } from "@mui/material/styles";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type NeedKind, needPlaces, waitingKinds } from "@/api/attention";
import type { Attention } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { CircleCheck } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { WallTime } from "@/components/RelativeTime";
import { DecideButtons } from "@/features/decisions/DecideButtons";
import { DecisionLine } from "@/features/decisions/DecisionLine";
import { useDecide } from "@/features/decisions/useDecide";
import { SettleButtons } from "@/features/workflows/SettleButtons";
import { useRunDeeds } from "@/features/workflows/useRunDeeds";
import { useWords } from "@/format/useFormats";

interface LineProps {
  to: string;
  text: string;
  detail: ReactNode;
  actions?: ReactNode;
}

function Line({ to, text, detail, actions }: LineProps) {
  return (
    <Box
      component="li"
      sx={{ position: "relative", display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 2, rowGap: 1, px: 2.5, py: 1.5, borderTop: 1, borderColor: "divider", "&:hover": { bgcolor: "action.hover" } }}
    >
      <Box sx={{ flex: "1 1 220px", minWidth: 0 }}>
        <Box component={Link} to={to} sx={{ color: "text.primary", textDecoration: "none", "&::after": { content: '""', position: "absolute", inset: 0 } }}>
          {text}
        </Box>
        <Box sx={{ fontSize: 13, color: "text.secondary", mt: 0.5, overflowWrap: "anywhere" }}>{detail}</Box>
      </Box>
      {actions ? <Box sx={{ position: "relative", zIndex: 1 }}>{actions}</Box> : null}
    </Box>
  );
}

function Group({ kind, count, more, children }: { kind: NeedKind; count: number; more: boolean; children: ReactNode }) {
  const { t } = useTranslation(["overview", "words"]);
  const name = t(`needs.kind.${kind}`, { count });
  return (
    <Box component="section" aria-label={name}>
      <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", px: 2.5, minHeight: 36, borderTop: 1, borderColor: "divider", bgcolor: "action.hover", fontSize: 13, fontWeight: 600 }}>
        {name}
        {more ? (
          <Button variant="text" component={Link} to={needPlaces[kind]} aria-label={t("needs.all", { name })} sx={{ minHeight: 28 }}>
            {t("words:action.seeAll")}
          </Button>
        ) : null}
      </Box>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {children}
      </Box>
    </Box>
  );
}

/** The lines of each kind, and the dialogs that their buttons open. */
function useLines(attention: Attention, shown: number): { lines: Record<NeedKind, ReactNode[]>; dialogs: ReactNode } {
  const words = useWords();
  const manage = mayManage(usePerson());
  const { ask, dialog } = useDecide();
  const deeds = useRunDeeds();
  const lines = {
    incidents: attention.incidents.items.slice(0, shown).map((one) => (
      <Line key={one.id} to={`/incidents/${encodeURIComponent(one.id)}`} text={words(one.title)} detail={<WallTime at={one.started_at} />} />
    )),
    approvals: attention.approvals.items.slice(0, shown).map((one) => (
      <Line
        key={`${one.run_id} ${one.step}`}
        to={`/workflows/${encodeURIComponent(one.run_id)}/steps/${encodeURIComponent(one.step)}`}
        text={words(one.words)}
        detail={
          <>
            {`${one.workflow} · ${one.step} · `}
            <WallTime at={one.since} />
          </>
        }
        actions={manage ? <SettleButtons wait={{ run_id: one.run_id, topic: one.topic, text: words(one.words) }} name={`${one.workflow} ${one.step}`} deeds={deeds} /> : null}
      />
    )),
    decisions: attention.decisions.items.slice(0, shown).map((decision) => (
      <li key={decision.id}>
        <DecisionLine
          decision={decision}
          expectation
          actions={manage ? <DecideButtons name={words(decision.subject.label)} onAsk={(verdict) => ask({ verdict, decisions: [decision] })} /> : null}
        />
      </li>
    )),
  };
  return {
    lines,
    dialogs: (
      <>
        {dialog}
        {deeds.dialog}
      </>
    ),
  };
}

function Waiting({ attention }: { attention: Attention }) {
  const { t } = useTranslation("overview");
  const kinds = waitingKinds(attention);
  const shown = kinds.length > 1 ? 2 : 3;
  const { lines, dialogs } = useLines(attention, shown);
  return (
    <>
      {kinds.map((kind) => (
        <Group key={kind} kind={kind} count={attention[kind].count} more={attention[kind].count > shown}>
          {lines[kind]}
        </Group>
      ))}
      {kinds.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t("needs.emptyTitle")} compact>
          {t("needs.emptyDetail")}
        </EmptyState>
      ) : null}
      {dialogs}
    </>
  );
}

export function NeedsYou({ attention, sx }: { attention: Attention | undefined; sx?: SxProps<Theme> }) {
  const { t } = useTranslation("overview");
  return (
    <Card flush title={t("needs.title")} sx={sx}>
      {attention ? <Waiting attention={attention} /> : <Skeleton variant="rectangular" height={240} />}
    </Card>
  );
}
