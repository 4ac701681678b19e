// The circuit breakers: which part is cut off after too many failures, and when it is tried again.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { useListBreakersQuery, useResetBreakerMutation } from "@/api/incidents";
import type { Breaker } from "@/api/machine";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { RotateCcw, ShieldCheck } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { useAsk } from "@/components/useAsk";
import { useFormats } from "@/format/useFormats";
import { BreakerTag } from "./incidentTags";

const rank: Record<Breaker["state"], number> = { open: 0, half_open: 1, closed: 2 };

export function BreakersTab() {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const { data, error, refetch } = useListBreakersQuery(undefined, polling(4));
  const [reset] = useResetBreakerMutation();
  const { ask, dialog } = useAsk();
  const rows = data && [...data.items].sort((a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name));
  const deed = (one: Breaker) =>
    manage && one.state !== "closed" ? (
      <Button
        startIcon={<RotateCcw size={15} aria-hidden />}
        aria-label={t("breaker.resetOne", { name: one.name })}
        onClick={() => ask({ title: t("breaker.title", { name: one.name }), detail: t("breaker.detail"), confirm: t("breaker.reset"), done: t("breaker.done"), act: () => reset(one.name).unwrap() })}
      >
        {t("breaker.reset")}
      </Button>
    ) : null;
  const columns: Column<Breaker>[] = [
    { key: "name", header: t("breaker.name"), cell: ({ name }) => <Box sx={{ fontWeight: 600 }}>{name}</Box> },
    { key: "state", header: t("column.status"), width: 160, cell: ({ state }) => <BreakerTag state={state} /> },
    { key: "failures", header: t("breaker.failures"), align: "right", cell: ({ failures }) => formats.number(failures) },
    { key: "opened", header: t("breaker.opened"), align: "right", from: "md", cell: ({ opened_at: at }) => (at ? <WallTime at={at} /> : "–") },
    { key: "retry", header: t("breaker.retry"), align: "right", cell: ({ retry_at: at }) => (at ? <WallTime at={at} /> : "–") },
    ...(manage ? [{ key: "reset", header: t("column.deed"), align: "right" as const, width: 140, cell: deed }] : []),
  ];
  return (
    <Card flush>
      {error && !data ? (
        <ErrorState error={error} retry={refetch} />
      ) : (
        <DataTable
          label={t("tab.breakers")}
          columns={columns}
          rows={rows}
          waitingRows={4}
          rowKey={({ name }) => name}
          card={(one) => (
            <>
              <Box sx={{ display: "flex", gap: 1, mb: 0.5 }}>
                <Box sx={{ flex: 1, fontWeight: 600 }}>{one.name}</Box>
                <BreakerTag state={one.state} />
              </Box>
              {one.retry_at ? (
                <Box sx={{ fontSize: 13, color: "text.secondary", mb: 0.5 }}>
                  {`${t("breaker.retry")} `}
                  <WallTime at={one.retry_at} />
                </Box>
              ) : null}
              {deed(one)}
            </>
          )}
          empty={
            <EmptyState icon={ShieldCheck} title={t("breaker.emptyTitle")}>
              {t("breaker.emptyDetail")}
            </EmptyState>
          }
        />
      )}
      <Box sx={{ px: 2.5, py: 1.5, fontSize: 13, color: "text.secondary" }}>{t("breaker.note")}</Box>
      {dialog}
    </Card>
  );
}
