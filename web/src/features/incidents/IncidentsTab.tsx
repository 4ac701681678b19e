// The incidents, youngest first: what broke, how bad it was, why, and how long mending took.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useListIncidentsQuery } from "@/api/incidents";
import type { Incident, IncidentStatus } from "@/api/machine";
import { Card } from "@/components/Card";
import { ChoiceBar } from "@/components/ChoiceBar";
import { type Column, DataTable } from "@/components/DataTable";
import { CircleCheck, Search } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Pager, useCursor } from "@/components/Pager";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { SearchField } from "@/components/SearchField";
import { useListFilter } from "@/components/useListFilter";
import { useFormats, useWords } from "@/format/useFormats";
import { IncidentTag, SeverityTag } from "./incidentTags";
import { useRecoveryNames } from "./useNames";

const pageSize = 50;
export const unsettled: IncidentStatus[] = ["open", "recovering", "escalated"];

const groups = { all: [], unsettled, escalated: ["escalated"], resolved: ["resolved"] } satisfies Record<string, IncidentStatus[]>;
type Group = keyof typeof groups;
const groupOf = (text: string): Group => (text in groups ? (text as Group) : "all");

function useColumns(): Column<Incident>[] {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const words = useWords();
  const names = useRecoveryNames();
  return [
    {
      key: "what",
      header: t("column.what"),
      cell: (one) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
            {words(one.title)}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>
            {one.run_id ?? names.part(one.component)}
          </Box>
        </>
      ),
    },
    { key: "status", header: t("column.status"), width: 140, cell: (one) => <IncidentTag status={one.status} /> },
    { key: "severity", header: t("column.severity"), width: 110, cell: (one) => <SeverityTag severity={one.severity} /> },
    { key: "cause", header: t("column.cause"), from: "md", cell: (one) => <Box sx={{ color: "text.secondary", fontSize: 13 }}>{words(one.cause) || "–"}</Box> },
    { key: "layer", header: t("column.layer"), from: "lg", cell: (one) => <Box sx={{ fontSize: 13, color: "text.secondary" }}>{one.layer ? t(`layer.${one.layer}`) : "–"}</Box> },
    { key: "recovery", header: t("column.recovery"), align: "right", cell: (one) => (one.recovery_s === null ? "–" : formats.duration(one.recovery_s)) },
    { key: "started", header: t("column.started"), align: "right", cell: (one) => <WallTime at={one.started_at} /> },
  ];
}

export function IncidentsTab() {
  const { t } = useTranslation(["incidents", "words"]);
  const words = useWords();
  const formats = useFormats();
  const names = useRecoveryNames();
  const columns = useColumns();
  const { values, filtered, change, clear } = useListFilter(["status", "q"]);
  const place = useCursor();
  const group = groupOf(values.status);
  const list = useListIncidentsQuery({ status: groups[group], q: values.q, limit: pageSize, cursor: place.cursor }, polling(4));
  const find = useCallback((text: string) => change("q", text), [change]);
  const page = list.currentData;
  return (
    <Card flush>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, px: 2, py: 1.5, borderBottom: 1, borderColor: "divider", alignItems: "center" }}>
        <Box sx={{ flex: "1 1 auto", minWidth: 0 }}>
          <ChoiceBar
            label={t("column.status")}
            value={group}
            options={(Object.keys(groups) as Group[]).map((value) => ({ value, label: t(`filter.${value}`) }))}
            onChange={(value) => change("status", value === "all" ? "" : value)}
          />
        </Box>
        <SearchField label={t("filter.search")} value={values.q} onSearch={find} />
      </Box>
      {list.error && !page ? (
        <ErrorState error={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t("tab.incidents")}
          columns={columns}
          rows={page?.items}
          rowKey={({ id }) => id}
          to={({ id }) => `/incidents/${encodeURIComponent(id)}`}
          card={(one) => (
            <>
              <Box sx={{ display: "flex", gap: 1, alignItems: "flex-start" }}>
                <Box sx={{ flex: 1, fontWeight: 600 }}>{words(one.title)}</Box>
                <IncidentTag status={one.status} />
              </Box>
              <Box sx={{ fontSize: 13, color: "text.secondary", mt: 0.5 }}>{words(one.cause) || (one.run_id ?? names.part(one.component))}</Box>
              <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, fontSize: 13, color: "text.secondary", mt: 0.5 }}>
                <SeverityTag severity={one.severity} />
                <WallTime at={one.started_at} />
                {one.recovery_s === null ? null : <span>{t("mendedIn", { duration: formats.duration(one.recovery_s) })}</span>}
              </Box>
            </>
          )}
          empty={
            <EmptyState icon={filtered ? Search : CircleCheck} title={t(filtered ? "empty.filteredTitle" : "empty.title")} action={filtered ? <Button onClick={clear}>{t("words:action.clear")}</Button> : undefined}>
              {t(filtered ? "empty.filteredDetail" : "empty.detail")}
            </EmptyState>
          }
        />
      )}
      {page && page.items.length > 0 ? <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} /> : null}
    </Card>
  );
}
