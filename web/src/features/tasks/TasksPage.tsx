// Tasks: the backlog in the order it will be worked, each priority explained, and what the scheduler foresees.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useParams } from "react-router";
import type { TaskStatus } from "@/api/machine";
import { useGetForecastQuery, useListTasksQuery } from "@/api/tasks";
import { Card } from "@/components/Card";
import { ChoiceBar } from "@/components/ChoiceBar";
import { DataTable } from "@/components/DataTable";
import { ListOrdered, Search } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Pager, useCursor } from "@/components/Pager";
import { polling } from "@/components/polling";
import { SearchField } from "@/components/SearchField";
import { useListFilter } from "@/components/useListFilter";
import { FactorKey } from "./FactorBars";
import { ForecastCard } from "./ForecastCard";
import { TaskCard, useTaskColumns } from "./taskColumns";

const pageSize = 50;

/** The backlog comes first: it is what the page is opened for. */
const groups = {
  open: ["waiting", "admitted"],
  done: ["done"],
  failed: ["failed"],
  cancelled: ["cancelled"],
  all: [],
} satisfies Record<string, TaskStatus[]>;
type Group = keyof typeof groups;
const groupOf = (text: string): Group => (text in groups ? (text as Group) : "open");

function useSentence(): string {
  const { t } = useTranslation("tasks");
  const waiting = useListTasksQuery({ status: ["waiting"], limit: 1 }, polling(5)).data?.total;
  const forecast = useGetForecastQuery(undefined, polling(10)).data;
  if (waiting === undefined || !forecast) return t("title");
  const { at_work: busy, pausing } = forecast;
  if (waiting + busy + pausing === 0) return t("sentence.none");
  const parts = { waiting: t("sentence.waiting", { count: waiting }), admitted: t("sentence.admitted", { count: busy }) };
  return pausing > 0 ? t("sentence.joinPausing", { ...parts, pausing: t("sentence.pausing", { count: pausing }) }) : t("sentence.join", parts);
}

export default function TasksPage() {
  const { t } = useTranslation(["tasks", "words"]);
  const sentence = useSentence();
  const { id: openKey } = useParams();
  const { search } = useLocation();
  const { values, filtered, change, clear } = useListFilter(["status", "q"]);
  const place = useCursor();
  const group = groupOf(values.status);
  const list = useListTasksQuery({ status: groups[group], q: values.q, limit: pageSize, cursor: place.cursor }, polling(5));
  const find = useCallback((text: string) => change("q", text), [change]);
  const columns = useTaskColumns();
  const page = list.currentData;
  return (
    <Page title={sentence} name={t("title")} lead={t("lead")}>
      <ForecastCard />
      <Card flush>
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, px: 2, py: 1.5, borderBottom: 1, borderColor: "divider", alignItems: "center" }}>
          <Box sx={{ flex: "1 1 auto", minWidth: 0 }}>
            <ChoiceBar
              label={t("filter.status")}
              value={group}
              options={(Object.keys(groups) as Group[]).map((value) => ({ value, label: t(`filter.${value}`) }))}
              onChange={(value) => change("status", value === "open" ? "" : value)}
            />
          </Box>
          <SearchField label={t("filter.search")} value={values.q} onSearch={find} />
        </Box>
        {page && page.items.length > 0 ? (
          <Box sx={{ px: 2, py: 1, borderBottom: { md: 1 }, borderColor: { md: "divider" }, display: { xs: "none", md: "block" } }}>
            <FactorKey />
          </Box>
        ) : null}
        {list.error && !page ? (
          <ErrorState error={list.error} retry={list.refetch} />
        ) : (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={page?.items}
            rowKey={({ id }) => id}
            to={({ id }) => `/tasks/${encodeURIComponent(id)}${search}`}
            openKey={openKey}
            card={(task) => <TaskCard task={task} />}
            empty={
              <EmptyState
                icon={filtered ? Search : ListOrdered}
                title={t(filtered ? "empty.filteredTitle" : "empty.title")}
                action={filtered ? <Button onClick={clear}>{t("words:action.clear")}</Button> : undefined}
              >
                {t(filtered ? "empty.filteredDetail" : "empty.detail")}
              </EmptyState>
            }
          />
        )}
        {page && page.items.length > 0 ? <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} /> : null}
      </Card>
      <Outlet />
    </Page>
  );
}
