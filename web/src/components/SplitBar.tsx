// A bar split by shares, with a word, an icon and a count for each part below it.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { Link } from "react-router";
import { useFormats } from "@/format/useFormats";
import type { LucideIcon } from "./icons";
import type { Tone } from "./Tag";

export interface Part {
  key: string;
  label: string;
  count: number;
  tone: Tone;
  icon: LucideIcon;
  to?: string;
}

export function SplitBar({ parts, label }: { parts: readonly Part[]; label: string }) {
  const { tokens } = useTheme();
  const formats = useFormats();
  const colour = (tone: Tone) => (tone === "neutral" ? tokens.baseline : tokens[tone]);
  return (
    <Box>
      <Box aria-hidden sx={{ display: "flex", gap: "2px", height: 8, borderRadius: 1, overflow: "hidden", mb: 2 }}>
        {parts
          .filter(({ count }) => count > 0)
          .map(({ key, count, tone }) => (
            <Box key={key} sx={{ flexGrow: count, flexBasis: 4, background: colour(tone) }} />
          ))}
      </Box>
      <Box component="ul" aria-label={label} sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 0.5 }}>
        {parts.map(({ key, label: name, count, tone, icon: Icon, to }) => {
          const inner = (
            <>
              <Box sx={{ display: "flex", color: colour(tone) }}>
                <Icon size={16} strokeWidth={2} aria-hidden />
              </Box>
              <Box component="span" sx={{ flex: 1 }}>
                {name}
              </Box>
              <Box component="span" sx={{ fontVariantNumeric: "tabular-nums", fontWeight: 600 }}>
                {formats.number(count)}
              </Box>
            </>
          );
          const style = { display: "flex", alignItems: "center", gap: 1, minHeight: 28, mx: -1, px: 1, borderRadius: 0.75, color: "text.primary", textDecoration: "none" };
          return (
            <li key={key}>
              {to ? (
                <Box component={Link} to={to} sx={{ ...style, "&:hover": { bgcolor: "action.hover" } }}>
                  {inner}
                </Box>
              ) : (
                <Box sx={style}>{inner}</Box>
              )}
            </li>
          );
        })}
      </Box>
    </Box>
  );
}
