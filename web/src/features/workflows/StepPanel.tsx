// One step of a run, beside it, at an address of its own.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useParams } from "react-router";
import { useGetRunQuery, useGetWholeRunQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { RotateCcw } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { usePageTitle } from "@/components/Page";
import { SidePanel } from "@/components/SidePanel";
import { SettleButtons } from "./SettleButtons";
import { StepDetail } from "./StepDetail";
import { useRunDeeds } from "./useRunDeeds";

export default function StepPanel() {
  const { t } = useTranslation("workflows");
  const { id = "", step: name = "" } = useParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const manage = mayManage(usePerson());
  const { currentData: run, error, refetch } = useGetRunQuery(id);
  const deeds = useRunDeeds();
  const [whole, setWhole] = useState(false);
  const { currentData: wholeRun, isFetching } = useGetWholeRunQuery(id, { skip: !whole });
  const step = ((whole && wholeRun) || run)?.steps.find((one) => one.name === name);
  usePageTitle(name);
  const settles = step?.status === "waiting" && step.wait?.kind === "approval" ? step.wait : null;
  const restarts = run?.can.restart && step?.started_at;
  const footer =
    manage && run && (settles || restarts) ? (
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, justifyContent: "flex-end" }}>
        {restarts ? (
          <Button startIcon={<RotateCcw size={15} aria-hidden />} onClick={() => deeds.restart(run, name)}>
            {t("restart.here")}
          </Button>
        ) : null}
        {settles ? <SettleButtons wait={{ run_id: run.id, topic: settles.topic, text: "" }} name={name} deeds={deeds} /> : null}
      </Box>
    ) : undefined;
  return (
    <SidePanel title={name} onClose={() => void navigate(`/workflows/${encodeURIComponent(id)}${search}`, { preventScrollReset: true })} footer={footer}>
      {step && run ? (
        <StepDetail run={run} step={step} wholeBusy={isFetching} onWhole={() => setWhole(true)} />
      ) : error ? (
        <ErrorState error={error} retry={refetch} />
      ) : run ? (
        <EmptyState title={t("detail.unknown")}>{t("detail.unknownDetail")}</EmptyState>
      ) : (
        <Box aria-busy sx={{ display: "grid", gap: 2 }}>
          {[72, 120, 200].map((height) => (
            <Skeleton key={height} variant="rounded" height={height} />
          ))}
        </Box>
      )}
      {deeds.dialog}
    </SidePanel>
  );
}
