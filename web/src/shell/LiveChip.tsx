// Whether what is shown is live: a mark with a word, never colour alone.
import Box from "@mui/material/Box";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import { RefreshCw, Wifi, WifiOff } from "@/components/icons";
import { useLiveState } from "@/live/liveState";

const looks = {
  live: { icon: Wifi, tone: "good" },
  connecting: { icon: RefreshCw, tone: "muted" },
  waiting: { icon: RefreshCw, tone: "warn" },
  off: { icon: WifiOff, tone: "bad" },
} as const;

export function LiveChip() {
  const { t } = useTranslation("shell");
  const state = useLiveState();
  const { icon: Icon, tone } = looks[state];
  return (
    <Tooltip title={t(`live.${state}.detail`)}>
      <Box
        role="status"
        aria-label={t(`live.${state}.name`)}
        sx={(theme) => ({
          display: { xs: "none", sm: "inline-flex" },
          alignItems: "center",
          gap: 0.75,
          height: 28,
          px: 1,
          fontSize: 13,
          color: theme.tokens[tone],
          whiteSpace: "nowrap",
        })}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        <Box component="span" sx={{ display: { xs: "none", lg: "inline" } }}>
          {t(`live.${state}.name`)}
        </Box>
      </Box>
    </Tooltip>
  );
}
