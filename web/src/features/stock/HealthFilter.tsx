// Four figures that answer how the stock stands, and filter the table below when pressed.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import type { Health, Overview } from "@/api/types";
import { healthLooks } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";
import { healths } from "./stockQuery";

interface HealthFilterProps {
  stock: Overview["stock"] | undefined;
  value: string;
  onChange: (health: Health | "") => void;
}

export function HealthFilter({ stock, value, onChange }: HealthFilterProps) {
  const { t } = useTranslation(["stock", "words"]);
  return (
    <Box
      role="group"
      aria-label={t("byHealth")}
      sx={{ display: "grid", gap: { xs: 1, md: 2 }, gridTemplateColumns: { xs: "repeat(2, minmax(0, 1fr))", md: "repeat(4, minmax(0, 1fr))" } }}
    >
      {healths.map((health) => (
        <Tile key={health} health={health} count={stock?.[health]} pressed={value === health} onPress={() => onChange(value === health ? "" : health)} />
      ))}
    </Box>
  );
}

interface TileProps {
  health: Health;
  count: number | undefined;
  pressed: boolean;
  onPress: () => void;
}

function Tile({ health, count, pressed, onPress }: TileProps) {
  const { t } = useTranslation(["stock", "words"]);
  const { tokens } = useTheme();
  const formats = useFormats();
  const [tone, Icon] = healthLooks[health];
  const colour = tone === "neutral" ? tokens.baseline : tokens[tone];
  return (
    <ButtonBase
      aria-pressed={pressed}
      onClick={onPress}
      sx={{
        justifyContent: "flex-start",
        alignItems: "flex-start",
        textAlign: "left",
        gap: 1.5,
        p: { xs: 1.5, md: 2 },
        borderRadius: 1.5,
        bgcolor: "background.paper",
        border: 1,
        borderColor: "divider",
        transition: "border-color 150ms, background-color 150ms",
        "&:hover": { bgcolor: "action.hover" },
        "&[aria-pressed=true]": { borderColor: "primary.main", boxShadow: `inset 0 0 0 1px ${tokens.accent}` },
      }}
    >
      <Box sx={{ display: "flex", color: colour, mt: "3px" }}>
        <Icon size={18} strokeWidth={2} aria-hidden />
      </Box>
      <Box component="span" sx={{ minWidth: 0 }}>
        <Box component="span" sx={{ display: "block", fontSize: 14, fontWeight: 600 }}>
          {t(`words:health.${health}`)}
        </Box>
        <Box component="span" sx={{ display: "block", fontSize: 24, lineHeight: "32px", fontWeight: 600, letterSpacing: "-0.02em", fontVariantNumeric: "tabular-nums" }}>
          {count === undefined ? "–" : formats.number(count)}
        </Box>
        <Box component="span" sx={{ display: "block", fontSize: 12, lineHeight: "16px", color: "text.secondary", wordBreak: "keep-all" }}>
          {t(`healthMeaning.${health}`)}
        </Box>
      </Box>
    </ButtonBase>
  );
}
