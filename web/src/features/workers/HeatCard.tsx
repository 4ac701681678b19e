// The load of the last hour, worker by worker, with what it says in a sentence and the same numbers as a table.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import type { Heat } from "@/api/machine";
import { Card } from "@/components/Card";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { Cpu } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { HeatMap, shadeFill } from "./HeatMap";
import { meanBusy, meanOf, shades } from "./heat";

function Scale() {
  const { t } = useTranslation("workers");
  const { tokens } = useTheme();
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 0.75, fontSize: 12, color: "text.secondary" }}>
      <Box component="span" aria-hidden sx={{ width: 15, height: 12, borderRadius: "2px", border: 1, borderStyle: "dashed", borderColor: "text.secondary" }} />
      <Box component="span" sx={{ mr: 1 }}>
        {t("heat.unrecorded")}
      </Box>
      {t("heat.idle")}
      <svg width={(shades + 1) * 16} height={12} aria-hidden>
        {Array.from({ length: shades + 1 }, (_, shade) => (
          // oxlint-disable-next-line react/no-array-index-key -- a square is its shade
          <rect key={shade} x={shade * 16} width={15} height={12} rx={2} {...shadeFill(shade, tokens)} />
        ))}
      </svg>
      {t("heat.busy")}
    </Box>
  );
}

export function HeatCard({ heat }: { heat: Heat }) {
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const rows = [...heat.rows].sort((a, b) => meanOf(b.busy) - meanOf(a.busy));
  return (
    <Card title={t("heat.title")} sx={{ mb: 2 }}>
      {heat.rows.length === 0 || heat.minutes.length === 0 ? (
        <EmptyState icon={Cpu} title={t("heat.emptyTitle")} compact>
          {t("heat.emptyDetail")}
        </EmptyState>
      ) : (
        <ChartFigure
          picture={<HeatMap heat={heat} />}
          height={260}
          keys={[]}
          aside={<Scale />}
          summary={t("heat.summary", { busy: formats.percent(meanBusy(heat.rows)), worker: rows[0]?.worker ?? "", most: formats.percent(meanOf(rows[0]?.busy ?? [])) })}
          table={{
            columns: [t("column.worker"), t("heat.mean"), t("heat.now")],
            rows: rows.map(({ worker, busy }) => [worker, formats.percent(meanOf(busy)), formats.percent(busy.at(-1) ?? 0)]),
          }}
        />
      )}
    </Card>
  );
}
