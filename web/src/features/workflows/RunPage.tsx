// One run: what it waits for, its steps as a live graph or a timeline, what went in, and what was adapted.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import useMediaQuery from "@mui/material/useMediaQuery";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useParams, useSearchParams } from "react-router";
import type { RunDetail } from "@/api/machine";
import { useGetRunQuery, useGetWholeRunQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { ChoiceBar } from "@/components/ChoiceBar";
import { EventList } from "@/components/EventList";
import { ChevronLeft } from "@/components/icons";
import { JsonView } from "@/components/JsonView";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { polling } from "@/components/polling";
import { useFormats, useWords } from "@/format/useFormats";
import { RunActions } from "./RunActions";
import { RunFacts } from "./RunFacts";
import { RunNotices } from "./RunNotices";
import { RunTag } from "./runTags";
import { RunTimeline } from "./RunTimeline";
import { useRunDeeds } from "./useRunDeeds";

const RunGraph = lazy(() => import("./RunGraph"));
const views = ["graph", "timeline"] as const;
const pictureHeight = 460;

function StepsCard({ run }: { run: RunDetail }) {
  const { t } = useTranslation("workflows");
  const { step } = useParams();
  const { search: query } = useLocation();
  const [search, setSearch] = useSearchParams();
  const phone = useMediaQuery("(max-width: 699.95px)", { noSsr: true });
  const usual = phone ? "timeline" : "graph";
  const view = views.find((one) => one === search.get("view")) ?? usual;
  const to = useCallback((name: string) => `/workflows/${encodeURIComponent(run.id)}/steps/${encodeURIComponent(name)}${query}`, [run.id, query]);
  return (
    <Card
      flush
      title={t("steps.title", { count: run.steps.length })}
      action={
        <ChoiceBar
          label={t("steps.view")}
          value={view}
          options={views.map((value) => ({ value, label: t(`steps.${value}`) }))}
          onChange={(value) => setSearch(value === usual ? {} : { view: value }, { replace: true, preventScrollReset: true })}
        />
      }
      sx={{ mb: 2 }}
    >
      {view === "timeline" ? (
        <>
          <RunTimeline run={run} maxHeight={pictureHeight} openStep={step} to={to} />
          <Box sx={{ px: 2.5, py: 1.5, fontSize: 13, color: "text.secondary", borderTop: 1, borderColor: "divider" }}>{t("timeline.caption")}</Box>
        </>
      ) : (
        <Box sx={{ borderTop: 1, borderColor: "divider" }}>
          <Suspense fallback={<Skeleton variant="rectangular" height={pictureHeight} />}>
            <RunGraph run={run} openStep={step} to={to} />
          </Suspense>
          <Box sx={{ px: 2.5, py: 1.5, fontSize: 13, color: "text.secondary", borderTop: 1, borderColor: "divider" }}>{t("graph.caption")}</Box>
        </Box>
      )}
    </Card>
  );
}

function Adaptations({ run }: { run: RunDetail }) {
  const { t } = useTranslation("workflows");
  const words = useWords();
  const formats = useFormats();
  if (run.adaptations.length === 0) return <Box sx={{ color: "text.secondary" }}>{t("adaptation.none")}</Box>;
  return (
    <EventList
      items={run.adaptations.map((one) => ({
        key: `${one.at} ${one.step}`,
        text: words(one.what),
        detail: `${one.step} · ${formats.exact(one.at)} · ${t(one.kept ? "adaptation.kept" : "adaptation.trial")}`,
      }))}
    />
  );
}

/** What went in and what came out, in part where that is long. */
function Values({ run }: { run: RunDetail }) {
  const { t } = useTranslation("workflows");
  const [whole, setWhole] = useState(false);
  const { currentData, isFetching } = useGetWholeRunQuery(run.id, { skip: !whole });
  const { inputs, result, cut } = (whole && currentData) || run;
  return (
    <Card title={t(result === null ? "wentIn" : "inAndOut")}>
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: "minmax(0, 1fr)" }}>
        {cut ? (
          <Box sx={{ display: "flex", alignItems: "center", gap: 1, color: "text.secondary", fontSize: 13 }}>
            <Box sx={{ flex: 1 }}>{t("detail.cut")}</Box>
            <Button loading={isFetching} onClick={() => setWhole(true)}>
              {t("detail.whole")}
            </Button>
          </Box>
        ) : null}
        <JsonView label={t("inputs")} value={inputs} />
        {result === null ? null : <JsonView label={t("result")} value={result} />}
      </Box>
    </Card>
  );
}

/** Asked often while it goes on, and not at all once it has ended. */
const pace = (run: RunDetail | undefined) => polling(run?.ended_at ? 0 : run && run.steps.length > 100 ? 4 : 2);

export default function RunPage() {
  const { t } = useTranslation("workflows");
  const manage = mayManage(usePerson());
  const { id = "" } = useParams();
  const known = useGetRunQuery(id, { skip: id === "" }).currentData;
  const { currentData: run, error, refetch } = useGetRunQuery(id, pace(known));
  const deeds = useRunDeeds();
  const back = (
    <Button component={Link} to="/workflows" startIcon={<ChevronLeft size={16} aria-hidden />}>
      {t("back")}
    </Button>
  );
  return (
    <Page
      title={run ? t(`runIs.${run.status}`, { name: run.workflow }) : id}
      name={run ? `${run.workflow} ${run.id}` : id}
      lead={
        run ? (
          <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
            <RunTag status={run.status} />
            <Box component="span" sx={{ overflowWrap: "anywhere" }}>{run.id}</Box>
          </Box>
        ) : error ? undefined : (
          <Skeleton width={240} />
        )
      }
      actions={
        <>
          {back}
          {run && manage ? <RunActions run={run} deeds={deeds} /> : null}
        </>
      }
    >
      {error && !run ? (
        <Card>
          <ErrorState error={error} retry={refetch} />
        </Card>
      ) : run ? (
        <>
          <RunNotices run={run} deeds={deeds} />
          <RunFacts run={run} />
          <StepsCard run={run} />
          <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(2, minmax(0, 1fr))" }, alignItems: "start" }}>
            <Values run={run} />
            <Card title={t("adaptation.ofRun")}>
              <Adaptations run={run} />
            </Card>
          </Box>
        </>
      ) : (
        <Box aria-busy sx={{ display: "grid", gap: 2 }}>
          <Skeleton variant="rounded" height={96} />
          <Skeleton variant="rounded" height={pictureHeight + 100} />
        </Box>
      )}
      {deeds.dialog}
      <Outlet />
    </Page>
  );
}
