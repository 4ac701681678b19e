// One incident: what was noticed, why it probably happened, what was tried in which layer, and a person's word on it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useGetIncidentQuery, useSettleIncidentMutation } from "@/api/incidents";
import type { IncidentDetail } from "@/api/machine";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Columns } from "@/components/Columns";
import { EventList } from "@/components/EventList";
import { Check, ChevronLeft, Eye } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import type { Tone } from "@/components/Tag";
import { useAsk } from "@/components/useAsk";
import { useFormats, useWords } from "@/format/useFormats";
import { AdviceCard, isAdvised } from "./AdviceCard";
import { CausesCard } from "./CausesCard";
import { IncidentTag, SeverityTag } from "./incidentTags";
import { SymptomsCard } from "./SymptomsCard";
import { TriedCard } from "./TriedCard";
import { useRecoveryNames } from "./useNames";

function Lead({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const names = useRecoveryNames();
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.75, fontSize: 13 }}>
      <IncidentTag status={incident.status} />
      <SeverityTag severity={incident.severity} />
      {incident.run_id ? (
        <Box component={Link} to={`/workflows/${encodeURIComponent(incident.run_id)}`} sx={{ color: "inherit" }}>
          {incident.run_id}
        </Box>
      ) : (
        <span>{names.part(incident.component)}</span>
      )}
      <WallTime at={incident.started_at} />
      {incident.recovery_s === null ? null : <span>{t("mendedIn", { duration: formats.duration(incident.recovery_s) })}</span>}
      {incident.note ? <span>{incident.note}</span> : null}
      {incident.acknowledged_by ? <span>{t("acknowledgedBy", { person: incident.acknowledged_by })}</span> : null}
    </Box>
  );
}

function Deeds({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const [settle] = useSettleIncidentMutation();
  const { ask, dialog } = useAsk();
  if (incident.status === "resolved") return null;
  const start = (verdict: "acknowledge" | "resolve") =>
    ask({
      title: t(`${verdict}.title`),
      detail: t(`${verdict}.detail`),
      confirm: t(`${verdict}.confirm`),
      note: t("note"),
      done: t(`${verdict}.done`),
      act: (note) => settle({ id: incident.id, verdict, note }).unwrap(),
    });
  return (
    <>
      {incident.acknowledged_by ? null : (
        <Button startIcon={<Eye size={15} aria-hidden />} onClick={() => start("acknowledge")}>
          {t("acknowledge.confirm")}
        </Button>
      )}
      <Button variant="contained" color="primary" startIcon={<Check size={15} aria-hidden />} onClick={() => start("resolve")}>
        {t("resolve.confirm")}
      </Button>
      {dialog}
    </>
  );
}

const toneOf = (kind: string): Tone => (kind === "failed" || kind === "escalated" ? "bad" : kind === "resolved" || kind === "recovered" ? "good" : "accent");

function History({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const words = useWords();
  const formats = useFormats();
  return (
    <Card title={t("timeline")}>
      <EventList
        items={[...incident.timeline].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).map(({ at, kind, words: text }, index) => ({
          key: `${at} ${index}`,
          text: words(text),
          detail: <time dateTime={at}>{formats.exact(at)}</time>,
          tone: toneOf(kind),
        }))}
      />
    </Card>
  );
}

export default function IncidentPage() {
  const { t } = useTranslation("incidents");
  const words = useWords();
  const manage = mayManage(usePerson());
  const { id = "" } = useParams();
  const { currentData: incident, error, refetch } = useGetIncidentQuery(id, polling(4));
  const title = incident ? words(incident.title) : t("title");
  const cards = incident
    ? [
        ...(isAdvised(incident) ? [{ key: "advice", content: <AdviceCard incident={incident} /> }] : []),
        { key: "causes", content: <CausesCard incident={incident} /> },
        { key: "history", aside: true, content: <History incident={incident} /> },
        { key: "tried", content: <TriedCard incident={incident} /> },
        { key: "symptoms", content: <SymptomsCard incident={incident} /> },
      ]
    : [
        { key: "causes", content: <Skeleton variant="rounded" height={260} /> },
        { key: "history", aside: true, content: <Skeleton variant="rounded" height={380} /> },
        { key: "tried", content: <Skeleton variant="rounded" height={180} /> },
      ];
  return (
    <Page
      title={title}
      lead={incident ? <Lead incident={incident} /> : <Skeleton width={320} />}
      actions={
        <>
          <Button component={Link} to="/incidents" startIcon={<ChevronLeft size={16} aria-hidden />}>
            {t("back")}
          </Button>
          {incident && manage ? <Deeds incident={incident} /> : null}
        </>
      }
    >
      {error && !incident ? (
        <Card>
          <ErrorState error={error} retry={refetch} />
        </Card>
      ) : (
        <Columns busy={!incident} pieces={cards} />
      )}
    </Page>
  );
}
