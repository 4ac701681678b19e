// The shop's clock: real, or simulated with a pace that a manager sets and pauses.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Skeleton from "@mui/material/Skeleton";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import { useGetClockQuery, useSetClockMutation } from "@/api/overview";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Pause, Play } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { useProblemToast } from "@/components/Toasts";
import { useFormats } from "@/format/useFormats";
import { useClockText } from "@/live/clock";
import { Group } from "./Section";

const paces: readonly number[] = [0.5, 1, 2, 5, 10, 30, 60];

/** The paces to choose from, with the present one among them. */
export function pacesWith(present: number): number[] {
  const known = paces.find((pace) => Math.abs(pace - present) < 0.01);
  return known === undefined ? [...paces, present].sort((a, b) => a - b) : [...paces];
}

export function ClockSection() {
  const { t } = useTranslation("settings");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const sayProblem = useProblemToast();
  const { data: clock, error, refetch } = useGetClockQuery();
  const [set, { isLoading }] = useSetClockMutation();
  const now = useClockText((at) => formats.clock(at, (clock?.seconds_per_day ?? 0) >= 60));
  if (error && !clock)
    return (
      <Card title={t("part.clock")}>
        <ErrorState error={error} retry={refetch} compact />
      </Card>
    );
  if (!clock) return <Skeleton variant="rounded" height={220} aria-busy />;
  const change = async (wanted: { paused?: boolean; seconds_per_day?: number }) => {
    try {
      await set(wanted).unwrap();
    } catch (problem) {
      sayProblem(problem);
    }
  };
  const simulated = clock.mode !== "real";
  const options = pacesWith(clock.seconds_per_day);
  const present = options.find((pace) => Math.abs(pace - clock.seconds_per_day) < 0.01) ?? clock.seconds_per_day;
  return (
    <Card title={t("part.clock")}>
      <Group title={t(simulated ? "clock.simulated" : "clock.real")} detail={t(simulated ? "clock.simulatedDetail" : "clock.realDetail")}>
        <Box>
          <Box sx={{ fontSize: 13, color: "text.secondary" }}>{t("clock.now")}</Box>
          <Box sx={{ fontSize: 20, lineHeight: "28px", fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>{now}</Box>
        </Box>
        {simulated ? (
          <>
            <TextField
              select
              label={t("clock.pace")}
              value={String(present)}
              disabled={!manage || isLoading}
              helperText={t("clock.paceHint", { year: formats.number(Math.round((present * 365) / 60)) })}
              onChange={(event) => void change({ seconds_per_day: Number(event.target.value) })}
            >
              {options.map((pace) => (
                <MenuItem key={pace} value={String(pace)}>
                  {t("clock.perDay", { seconds: formats.number(pace) })}
                </MenuItem>
              ))}
            </TextField>
            {manage ? (
              <Button
                sx={{ justifySelf: "start" }}
                loading={isLoading}
                startIcon={clock.paused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
                onClick={() => void change({ paused: !clock.paused })}
              >
                {t(clock.paused ? "clock.resume" : "clock.pause")}
              </Button>
            ) : (
              <Typography variant="body2" sx={{ color: "text.secondary" }}>
                {t("readOnly")}
              </Typography>
            )}
          </>
        ) : null}
      </Group>
    </Card>
  );
}
