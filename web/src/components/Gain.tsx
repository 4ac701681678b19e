// A gain or a loss: sign, arrow and the colour that the reader's convention gives it.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import type { Language } from "@/api/types";
import { useAppSelector } from "@/app/store";
import { useFormats } from "@/format/useFormats";
import type { GainColours } from "@/preferences/preferences";
import type { Tokens } from "@/theme/palette";
import { ArrowDownRight, ArrowUpRight, Minus } from "./icons";

/** The colours of up and down: Korean readers read red as up and blue as down, English readers green and red. */
export function gainColour(value: number, tokens: Tokens, language: Language, choice: GainColours): string {
  if (value === 0) return tokens.muted;
  const redUp = choice === "red-up" || (choice === "language" && language === "ko");
  if (redUp) return value > 0 ? tokens.red : tokens.blue;
  return value > 0 ? tokens.green : tokens.red;
}

export function useGainColour(): (value: number) => string {
  const { tokens } = useTheme();
  const { language, gainColours } = useAppSelector((state) => state.preferences);
  return (value) => gainColour(value, tokens, language, gainColours);
}

interface GainProps {
  value: number;
  unit: string;
  size?: number;
}

export function Gain({ value, unit, size = 14 }: GainProps) {
  const { t } = useTranslation("words");
  const formats = useFormats();
  const colour = useGainColour()(value);
  const direction = value > 0 ? "up" : value < 0 ? "down" : "none";
  const Icon = { up: ArrowUpRight, down: ArrowDownRight, none: Minus }[direction];
  const [short, full] = [formats.gain(value, unit), formats.gainFull(value, unit)];
  const shown = (
    <Box
      component="span"
      sx={{ display: "inline-flex", alignItems: "baseline", gap: "0.15em", "& svg": { alignSelf: "center" }, color: colour, fontSize: size, fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}
    >
      <Icon size="1em" strokeWidth={2.25} role="img" aria-label={t(`gain.${direction}`)} />
      {short}
    </Box>
  );
  return short === full ? shown : <Tooltip title={full}>{shown}</Tooltip>;
}
