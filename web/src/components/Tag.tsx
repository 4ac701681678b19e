// Tags: a state in one word, always with its icon, so that colour never speaks alone.
import Box from "@mui/material/Box";
import Tooltip from "@mui/material/Tooltip";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { GuardResult, Health, Level, Status } from "@/api/types";
import {
  Ban, Check, CircleAlert, CircleCheck, CircleDashed, CirclePause, CircleX, Eye, Hand, type LucideIcon, RefreshCw,
  ShieldAlert, ShieldCheck, ShieldX, Timer, TrendingUp, TriangleAlert, Undo2, Zap, Boxes,
} from "./icons";

export type Tone = "good" | "warn" | "bad" | "info" | "neutral" | "accent";

export function Tag({ tone = "neutral", icon: Icon, children, hint }: { tone?: Tone; icon: LucideIcon; children: ReactNode; hint?: string }) {
  const tag = (
    <Box
      component="span"
      sx={({ tokens }) => {
        const [color, background] = {
          good: [tokens.good, tokens.goodSoft],
          warn: [tokens.warn, tokens.warnSoft],
          bad: [tokens.bad, tokens.badSoft],
          info: [tokens.info, tokens.infoSoft],
          accent: [tokens.accent, tokens.accentSoft],
          neutral: [tokens.muted, tokens.neutralSoft],
        }[tone] as [string, string];
        return {
          display: "inline-flex",
          alignItems: "center",
          gap: 0.5,
          height: 22,
          px: 0.875,
          borderRadius: 0.75,
          fontSize: 12,
          fontWeight: 600,
          whiteSpace: "nowrap",
          color,
          background,
        };
      }}
    >
      <Icon size={13} strokeWidth={2.25} aria-hidden />
      {children}
    </Box>
  );
  return hint ? <Tooltip title={hint}>{tag}</Tooltip> : tag;
}

const statuses: Record<Status, [Tone, LucideIcon]> = {
  proposed: ["neutral", CircleDashed],
  shadowed: ["neutral", Eye],
  waiting: ["accent", Hand],
  approved: ["info", Check],
  rejected: ["neutral", CircleX],
  expired: ["neutral", Timer],
  blocked: ["bad", Ban],
  executing: ["info", RefreshCw],
  executed: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  undone: ["neutral", Undo2],
  measured: ["good", TrendingUp],
};

export function StatusTag({ status }: { status: Status }) {
  const { t } = useTranslation("words");
  const [tone, icon] = statuses[status] ?? statuses.proposed;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`status.${status}`)}
    </Tag>
  );
}

const levels: Record<Level, [Tone, LucideIcon]> = {
  shadow: ["neutral", Eye],
  advise: ["info", Hand],
  bounded: ["accent", ShieldCheck],
  full: ["good", Zap],
};

export function LevelTag({ level }: { level: Level }) {
  const { t } = useTranslation("words");
  const [tone, icon] = levels[level];
  return (
    <Tag tone={tone} icon={icon} hint={t(`levelDetail.${level}`)}>
      {t(`level.${level}`)}
    </Tag>
  );
}

export const healthLooks: Record<Health, [Tone, LucideIcon]> = {
  healthy: ["good", CircleCheck],
  low: ["warn", TriangleAlert],
  out: ["bad", CirclePause],
  overstock: ["info", Boxes],
};

export function HealthTag({ health }: { health: Health }) {
  const { t } = useTranslation("words");
  const [tone, icon] = healthLooks[health];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`health.${health}`)}
    </Tag>
  );
}

const verdicts: Record<GuardResult["verdict"], [Tone, LucideIcon]> = {
  pass: ["good", ShieldCheck],
  ask: ["warn", ShieldAlert],
  block: ["bad", ShieldX],
};

export function VerdictTag({ verdict }: { verdict: GuardResult["verdict"] }) {
  const { t } = useTranslation("words");
  const [tone, icon] = verdicts[verdict];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`verdict.${verdict}`)}
    </Tag>
  );
}
