// What a person decides about memory: how early it is relieved, whether it is watched, and whether allocations are traced.
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Memory, MemoryStrategy } from "@/api/machine";
import { useChangeStrategyMutation, useMonitorMemoryMutation } from "@/api/memory";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { fact, FactList } from "@/components/FactList";
import { useAct } from "@/components/useAsk";
import { useFormats } from "@/format/useFormats";

const strategies: readonly MemoryStrategy[] = ["conservative", "balanced", "aggressive"];

function Told({ name, detail }: { name: ReactNode; detail: ReactNode }) {
  return (
    <>
      <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
        {name}
      </Box>
      <Box component="span" sx={{ display: "block", fontSize: 13, color: "text.secondary" }}>
        {detail}
      </Box>
    </>
  );
}

const labelStyle = { alignItems: "flex-start", mr: 0, mb: 1, "& .MuiFormControlLabel-label": { pt: 0.75 } };

export function MemoryControls({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const id = useId();
  const manage = mayManage(usePerson());
  const [strategy, strategyState] = useChangeStrategyMutation();
  const [monitor, monitorState] = useMonitorMemoryMutation();
  const act = useAct();
  return (
    <Card title={t("controls.title")}>
      <Typography id={id} variant="body2" sx={{ color: "text.secondary", mb: 0.5 }}>
        {t("strategy.label")}
      </Typography>
      <RadioGroup aria-labelledby={id} value={memory.strategy} onChange={(event) => void act(() => strategy(event.target.value as MemoryStrategy).unwrap(), t("strategy.done"))}>
        {strategies.map((one) => (
          <FormControlLabel
            key={one}
            value={one}
            disabled={!manage || strategyState.isLoading}
            control={<Radio size="small" />}
            label={<Told name={t(`strategy.${one}`)} detail={t(`strategyDetail.${one}`)} />}
            sx={labelStyle}
          />
        ))}
      </RadioGroup>
      <Box sx={{ borderTop: 1, borderColor: "divider", pt: 1.5, mt: 0.5, display: "grid" }}>
        <FormControlLabel
          control={<Switch size="small" checked={memory.monitoring} disabled={!manage || monitorState.isLoading} onChange={(_, on) => void act(() => monitor({ on }).unwrap(), t(on ? "monitoring.started" : "monitoring.stopped"))} />}
          label={<Told name={t("monitoring.label")} detail={t("monitoring.detail")} />}
          sx={{ ...labelStyle, ml: -0.5, "& .MuiSwitch-root": { mt: 0.75, mr: 1 } }}
        />
        <FormControlLabel
          control={
            <Switch
              size="small"
              checked={memory.tracing}
              disabled={!manage || !memory.monitoring || monitorState.isLoading}
              onChange={(_, tracing) => void act(() => monitor({ on: true, tracing }).unwrap(), t(tracing ? "tracing.started" : "tracing.stopped"))}
            />
          }
          label={<Told name={t("tracing.label")} detail={t("tracing.detail")} />}
          sx={{ ...labelStyle, ml: -0.5, mb: 0, "& .MuiSwitch-root": { mt: 0.75, mr: 1 } }}
        />
      </Box>
      <Box sx={{ borderTop: 1, borderColor: "divider", pt: 2, mt: 2 }}>
        <FactList
          facts={[
            fact(t("gc.collections"), memory.gc.collections.map((count) => formats.number(count)).join(" · ")),
            fact(t("gc.counts"), memory.gc.counts.map((count) => formats.number(count)).join(" · ")),
          ]}
        />
      </Box>
    </Card>
  );
}
