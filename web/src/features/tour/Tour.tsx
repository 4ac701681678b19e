// The first-run tour: what agents see, how far they may go, how to stop them. Shown once.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import Typography from "@mui/material/Typography";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Eye, Hand, type LucideIcon, ShieldCheck } from "@/components/icons";
import { preferencesChanged } from "@/preferences/preferences";

const steps: readonly { key: "see" | "go" | "stop"; icon: LucideIcon }[] = [
  { key: "see", icon: Eye },
  { key: "go", icon: ShieldCheck },
  { key: "stop", icon: Hand },
];

export function Tour() {
  const { t } = useTranslation("tour");
  const seen = useAppSelector((state) => state.preferences.tourSeen);
  const dispatch = useAppDispatch();
  const [at, setAt] = useState(0);
  const id = useId();
  const step = steps[at];
  if (seen || !step) return null;
  const finish = () => dispatch(preferencesChanged({ tourSeen: true }));
  const last = at === steps.length - 1;
  const Icon = step.icon;
  return (
    <Dialog open onClose={finish} aria-labelledby={`${id}-title`} aria-describedby={`${id}-text`} slotProps={{ paper: { sx: { width: 440, m: 2 } } }}>
      <Box sx={{ p: 4, display: "grid", justifyItems: "start", gap: 1.5, minHeight: 232, alignContent: "start" }}>
        <Box sx={{ display: "grid", placeItems: "center", width: 44, height: 44, borderRadius: 1.5, bgcolor: "action.selected", color: "primary.main", mb: 1 }}>
          <Icon size={22} strokeWidth={1.75} aria-hidden />
        </Box>
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {t("step", { step: at + 1, steps: steps.length })}
        </Typography>
        <Typography id={`${id}-title`} variant="h2" sx={{ fontSize: 20, lineHeight: "28px", wordBreak: "keep-all" }}>
          {t(`${step.key}.title`)}
        </Typography>
        <Typography id={`${id}-text`} aria-live="polite" sx={{ color: "text.secondary", wordBreak: "keep-all" }}>
          {t(`${step.key}.text`)}
        </Typography>
      </Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1, px: 4, pb: 3 }}>
        <Box aria-hidden sx={{ display: "flex", gap: 0.75, flex: 1 }}>
          {steps.map(({ key }, index) => (
            <Box key={key} sx={{ width: index === at ? 18 : 6, height: 6, borderRadius: 3, bgcolor: index === at ? "primary.main" : "divider", transition: "width 150ms" }} />
          ))}
        </Box>
        {last ? null : (
          <Button variant="text" onClick={finish}>
            {t("skip")}
          </Button>
        )}
        <Button variant="contained" color="primary" autoFocus onClick={() => (last ? finish() : setAt(at + 1))}>
          {last ? t("finish") : t("next")}
        </Button>
      </Box>
    </Dialog>
  );
}
