// The shop's clock in the top bar: the moment, and on a simulated shop its speed and a pause.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Tooltip from "@mui/material/Tooltip";
import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useGetClockQuery, useSetClockMutation } from "@/api/overview";
import type { ClockState } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Check, Clock3, Pause, Play } from "@/components/icons";
import { useProblemToast } from "@/components/Toasts";
import { useFormats } from "@/format/useFormats";
import { clockTicked, useClockText } from "@/live/clock";

/** Seconds of life that one simulated day may take. */
export const paces = [0.5, 1, 2, 5, 15, 60] as const;

const hourASecond = 3600;

function Moment({ speed }: { speed: number }) {
  const formats = useFormats();
  const text = useClockText((now) => formats.clock(now, speed < hourASecond));
  return <Box component="span" sx={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>{text}</Box>;
}

function PaceMenu({ clock, onPick }: { clock: ClockState; onPick: (seconds: number) => void }) {
  const { t } = useTranslation("shell");
  const formats = useFormats();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  const pace = (seconds: number) => t("clock.pace", { seconds: formats.number(seconds) });
  return (
    <>
      <ButtonBase
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-controls={anchor ? id : undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ height: 28, px: 0.75, borderRadius: 0.75, color: "text.secondary", fontSize: 13, whiteSpace: "nowrap", display: { xs: "none", md: "inline-flex" }, "&:hover": { bgcolor: "action.hover" } }}
      >
        {clock.paused ? t("clock.paused") : pace(clock.seconds_per_day)}
      </ButtonBase>
      <Menu id={id} anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {paces.map((seconds) => (
          <MenuItem
            key={seconds}
            role="menuitemradio"
            aria-checked={seconds === clock.seconds_per_day}
            selected={seconds === clock.seconds_per_day}
            onClick={() => {
              onPick(seconds);
              setAnchor(null);
            }}
          >
            <ListItemIcon>{seconds === clock.seconds_per_day ? <Check size={16} aria-hidden /> : null}</ListItemIcon>
            {pace(seconds)}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

export function ClockChip() {
  const { t } = useTranslation("shell");
  const { data: clock } = useGetClockQuery();
  const [setClock, { isLoading }] = useSetClockMutation();
  const sayProblem = useProblemToast();
  const manage = mayManage(usePerson());
  useEffect(() => {
    if (clock) clockTicked(clock);
  }, [clock]);
  if (!clock) return <Box sx={{ width: { xs: 120, md: 240 } }} />;
  const simulated = clock.mode === "accelerated";
  const change = (body: { paused?: boolean; seconds_per_day?: number }) => setClock(body).unwrap().catch(sayProblem);
  const toggle = clock.paused ? t("clock.resume") : t("clock.pause");
  return (
    <Box role="group" aria-label={simulated ? t("clock.simulated") : t("clock.real")} sx={{ display: "flex", alignItems: "center", fontSize: 13, minWidth: 0 }}>
      <Tooltip title={simulated ? t("clock.simulated") : t("clock.real")}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 0.75, px: 0.5 }}>
          <Box sx={{ display: { xs: "none", sm: "flex" }, color: "text.secondary" }}>
            <Clock3 size={16} strokeWidth={1.75} aria-hidden />
          </Box>
          <Moment speed={clock.speed} />
        </Box>
      </Tooltip>
      {simulated && manage ? (
        <>
          <PaceMenu clock={clock} onPick={(seconds) => void change({ seconds_per_day: seconds })} />
          <Tooltip title={toggle}>
            <IconButton
              aria-label={toggle}
              disabled={isLoading}
              onClick={() => void change({ paused: !clock.paused })}
              sx={{ width: 32, height: 32 }}
            >
              {clock.paused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
            </IconButton>
          </Tooltip>
        </>
      ) : null}
    </Box>
  );
}
