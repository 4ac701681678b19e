// The buttons of a run: cancel, resume, and restart from a step that is chosen first.
import Button from "@mui/material/Button";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunDetail } from "@/api/machine";
import { ChevronDown, OctagonX, Play, RotateCcw } from "@/components/icons";
import type { RunDeeds } from "./useRunDeeds";

/** Where a restart makes sense: at a step that began or depends on none, the failed one first. */
export function restartSteps(run: RunDetail): string[] {
  const begun = run.steps.filter(({ started_at: at, parents }) => at !== null || parents.length === 0);
  const failed = begun.filter(({ status }) => status === "failed" || status === "undo_failed");
  return [...failed, ...begun.filter((step) => !failed.includes(step))].map(({ name }) => name);
}

export function RunActions({ run, deeds }: { run: RunDetail; deeds: RunDeeds }) {
  const { t } = useTranslation("workflows");
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const steps = restartSteps(run);
  return (
    <>
      {run.can.restart && steps.length > 0 ? (
        <Button aria-haspopup="menu" aria-expanded={anchor !== null} startIcon={<RotateCcw size={15} aria-hidden />} endIcon={<ChevronDown size={15} aria-hidden />} onClick={(event) => setAnchor(event.currentTarget)}>
          {t("restart.button")}
        </Button>
      ) : null}
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ list: { "aria-label": t("restart.button") }, paper: { sx: { maxHeight: 360 } } }}>
        {steps.map((step) => (
          <MenuItem
            key={step}
            onClick={() => {
              setAnchor(null);
              deeds.restart(run, step);
            }}
          >
            {step}
          </MenuItem>
        ))}
      </Menu>
      {run.can.resume ? (
        <Button variant="contained" color="primary" startIcon={<Play size={15} aria-hidden />} onClick={() => deeds.resume(run)}>
          {t("resume.confirm")}
        </Button>
      ) : null}
      {run.can.cancel ? (
        <Button color="error" startIcon={<OctagonX size={15} aria-hidden />} onClick={() => deeds.cancel(run)}>
          {t("cancel.confirm")}
        </Button>
      ) : null}
    </>
  );
}
