// What the scheduler foresees: how much work waits, whether tasks at once will be short, and a better order.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TaskForecast } from "@/api/machine";
import { useGetForecastQuery } from "@/api/tasks";
import { Card } from "@/components/Card";
import { fact, FactList } from "@/components/FactList";
import { Gauge, TriangleAlert } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { polling } from "@/components/polling";
import { useFormats, useWords } from "@/format/useFormats";

const shown = 6;

function Order({ forecast }: { forecast: TaskForecast }) {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  if (forecast.proposed_order.length === 0 || forecast.gain_s <= 0) return null;
  const rest = forecast.proposed_order.length - shown;
  return (
    <Box sx={{ mt: 2, pt: 2, borderTop: 1, borderColor: "divider" }}>
      <Box sx={{ mb: 1 }}>{t("forecast.order", { duration: formats.duration(forecast.gain_s) })}</Box>
      <Box component="ol" sx={{ display: "flex", flexWrap: "wrap", gap: 0.75, listStyle: "none", m: 0, p: 0 }}>
        {forecast.proposed_order.slice(0, shown).map((id, index) => (
          <li key={id}>
            <Box
              component={Link}
              to={`/tasks/${id}`}
              sx={{ display: "inline-flex", gap: 0.75, px: 1, py: 0.25, borderRadius: 0.75, border: 1, borderColor: "divider", color: "text.primary", textDecoration: "none", fontSize: 13, fontVariantNumeric: "tabular-nums", "&:hover": { bgcolor: "action.hover" } }}
            >
              <Box component="span" sx={{ color: "text.secondary" }}>
                {index + 1}
              </Box>
              {id}
            </Box>
          </li>
        ))}
        {rest > 0 ? <Box component="li" sx={{ fontSize: 13, color: "text.secondary", py: 0.25 }}>{t("forecast.more", { count: rest })}</Box> : null}
      </Box>
    </Box>
  );
}

export function ForecastCard() {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  const words = useWords();
  const { data: forecast, error, refetch } = useGetForecastQuery(undefined, polling(10));
  if (error && !forecast)
    return (
      <Card title={t("forecast.title")} sx={{ mb: 2 }}>
        <ErrorState error={error} retry={refetch} compact />
      </Card>
    );
  if (!forecast) return <Skeleton variant="rounded" height={168} sx={{ mb: 2 }} />;
  const { shortage, bottleneck } = forecast;
  return (
    <Card title={t("forecast.title")} sx={{ mb: 2 }}>
      <FactList
        least={160}
        facts={[
          fact(t("forecast.backlog"), forecast.backlog_s === null ? t("unknown") : forecast.backlog_s > 0 ? formats.duration(forecast.backlog_s) : t("forecast.empty")),
          fact(t("forecast.slots"), t("forecast.inUse", { busy: formats.number(forecast.at_work), slots: formats.number(forecast.slots) })),
          fact(t("forecast.short"), shortage ? t("forecast.shortOf", { needed: formats.number(shortage.needed), available: formats.number(shortage.available) }) : t("forecast.enough")),
        ]}
      />
      {shortage ? (
        <Alert severity={forecast.backlog_s ? "warning" : "info"} variant="outlined" icon={<TriangleAlert size={18} aria-hidden />} sx={{ mt: 2 }}>
          {words(shortage.words)}
        </Alert>
      ) : null}
      {bottleneck ? (
        <Box sx={{ display: "flex", gap: 1, alignItems: "center", mt: 2, color: "text.secondary" }}>
          <Gauge size={16} aria-hidden />
          <span>{`${t("forecast.bottleneck")} ${words(bottleneck.words)}`}</span>
        </Box>
      ) : null}
      <Order forecast={forecast} />
    </Card>
  );
}
