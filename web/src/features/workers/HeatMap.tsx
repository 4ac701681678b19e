// How busy each worker was, minute by minute; the cell under the pointer is told in words.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { type PointerEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Heat } from "@/api/machine";
import { useFormats } from "@/format/useFormats";
import type { Tokens } from "@/theme/palette";
import { cell, pathsOf, shades } from "./heat";

const most = 24;

/** From hardly to wholly busy: the accent, ever denser. */
const opacityOf = (shade: number) => 0.12 + (shade / shades) ** 1.3 * 0.88;
export const shadeFill = (shade: number, tokens: Tokens) => (shade === 0 ? { fill: tokens.neutralSoft } : { fill: tokens.accent, fillOpacity: opacityOf(shade) });

export function HeatMap({ heat }: { heat: Heat }) {
  const { t } = useTranslation("workers");
  const { tokens } = useTheme();
  const formats = useFormats();
  const [at, setAt] = useState<{ row: number; minute: number } | null>(null);
  const paths = useMemo(() => pathsOf(heat.rows), [heat.rows]);
  const [width, height] = [heat.minutes.length * cell.width, heat.rows.length * cell.height];
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const minute = Math.floor(((event.clientX - box.left) / box.width) * heat.minutes.length);
    const row = Math.floor(((event.clientY - box.top) / box.height) * heat.rows.length);
    setAt(heat.rows[row] && heat.minutes[minute] ? { row, minute } : null);
  };
  const tell = (worker: string, time: string, busy: number | null | undefined) =>
    busy === null || busy === undefined ? t("heat.blank", { worker, time }) : t("heat.cell", { worker, time, busy: formats.percent(busy) });
  const told = at ? heat.rows[at.row] : undefined;
  const minute = at ? heat.minutes[at.minute] : undefined;
  return (
    <Box>
      <Box sx={{ display: "flex", maxHeight: most * cell.height, overflowY: "auto" }} role="region" aria-label={t("heat.rows")} tabIndex={0}>
        <Box aria-hidden sx={{ flexShrink: 0, pr: 1.5, maxWidth: { xs: 96, sm: 160 } }}>
          {heat.rows.map(({ worker }) => (
            <Box key={worker} sx={{ height: cell.height, lineHeight: `${cell.height}px`, fontSize: 12, color: "text.secondary", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
              {worker}
            </Box>
          ))}
        </Box>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <svg width="100%" height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden onPointerMove={point} onPointerLeave={() => setAt(null)} style={{ display: "block" }}>
            {paths.map((path, shade) => (
              // oxlint-disable-next-line react/no-array-index-key -- a path is its shade
              <path key={shade} d={path} {...shadeFill(shade, tokens)} />
            ))}
            {at ? <rect x={at.minute * cell.width} y={at.row * cell.height} width={cell.width - cell.gap} height={cell.height - cell.gap} fill="none" stroke={tokens.text} strokeWidth={1.5} vectorEffect="non-scaling-stroke" /> : null}
          </svg>
        </Box>
      </Box>
      <Box sx={{ display: "flex", justifyContent: "space-between", gap: 2, mt: 0.5, fontSize: 12, color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
        <span>{heat.minutes[0] ? formats.timeOfDay(heat.minutes[0]) : ""}</span>
        <Box component="span" sx={{ color: "text.primary" }}>
          {told && minute && at ? tell(told.worker, formats.timeOfDay(minute), told.busy[at.minute]) : ""}
        </Box>
        <span>{heat.minutes.length ? formats.timeOfDay(heat.minutes.at(-1) ?? 0) : ""}</span>
      </Box>
    </Box>
  );
}
