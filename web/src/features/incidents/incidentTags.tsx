// The states of incidents, their weight, and the states of breakers, in one word each with an icon.
import { useTranslation } from "react-i18next";
import type { Breaker, IncidentStatus, Severity } from "@/api/machine";
import { CircleAlert, CircleCheck, CircleDot, Flag, Info, type LucideIcon, RefreshCw, Siren, TriangleAlert, Unplug, User } from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

type Look = readonly [Tone, LucideIcon];

const statusLooks: Record<IncidentStatus, Look> = {
  open: ["bad", CircleAlert],
  recovering: ["info", RefreshCw],
  resolved: ["good", CircleCheck],
  escalated: ["warn", User],
};

const severityLooks: Record<Severity, Look> = {
  low: ["neutral", Info],
  medium: ["info", Flag],
  high: ["warn", TriangleAlert],
  critical: ["bad", Siren],
};

const breakerLooks: Record<Breaker["state"], Look> = {
  closed: ["good", CircleCheck],
  half_open: ["warn", CircleDot],
  open: ["bad", Unplug],
};

export function IncidentTag({ status }: { status: IncidentStatus }) {
  const { t } = useTranslation("incidents");
  const [tone, icon] = statusLooks[status] ?? statusLooks.open;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`status.${status}`)}
    </Tag>
  );
}

export function SeverityTag({ severity }: { severity: Severity }) {
  const { t } = useTranslation("incidents");
  const [tone, icon] = severityLooks[severity] ?? severityLooks.low;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`severity.${severity}`)}
    </Tag>
  );
}

export function BreakerTag({ state }: { state: Breaker["state"] }) {
  const { t } = useTranslation("incidents");
  const [tone, icon] = breakerLooks[state] ?? breakerLooks.closed;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`breakerState.${state}`)}
    </Tag>
  );
}
