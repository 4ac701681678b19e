// The runs: filtered and paged on the server, each with how far it is and when it ends.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useListDefinitionsQuery, useListRunsQuery } from "@/api/workflows";
import { Card } from "@/components/Card";
import { ChoiceBar } from "@/components/ChoiceBar";
import { DataTable } from "@/components/DataTable";
import { Search, Workflow } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Pager, useCursor } from "@/components/Pager";
import { polling } from "@/components/polling";
import { SearchField } from "@/components/SearchField";
import { useListFilter } from "@/components/useListFilter";
import { RunCard, useRunColumns } from "./runColumns";
import { type Group, groupOf, groups, pageSize } from "./runFilter";

export function RunsTab() {
  const { t } = useTranslation(["workflows", "words"]);
  const { values, filtered, change, clear } = useListFilter(["status", "name", "q"]);
  const place = useCursor();
  const group = groupOf(values.status);
  const list = useListRunsQuery({ status: groups[group], name: values.name, q: values.q, limit: pageSize, cursor: place.cursor }, polling(5));
  const { data: definitions } = useListDefinitionsQuery();
  const find = useCallback((text: string) => change("q", text), [change]);
  const columns = useRunColumns();
  const page = list.currentData;
  const names = definitions?.items.map(({ name }) => name) ?? [];
  const empty = (
    <EmptyState icon={filtered ? Search : Workflow} title={t(filtered ? "empty.filteredTitle" : "empty.title")} action={filtered ? <Button onClick={clear}>{t("words:action.clear")}</Button> : undefined}>
      {t(filtered ? "empty.filteredDetail" : "empty.detail")}
    </EmptyState>
  );
  return (
    <Card flush>
      <Box sx={{ display: "grid", gap: 1.5, px: 2, py: 1.5, borderBottom: 1, borderColor: "divider" }}>
        <ChoiceBar
          label={t("filter.status")}
          value={group}
          options={(Object.keys(groups) as Group[]).map((value) => ({ value, label: t(`filter.${value}`) }))}
          onChange={(value) => change("status", value === "all" ? "" : value)}
        />
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
          <SearchField label={t("filter.search")} value={values.q} onSearch={find} />
          {names.length > 1 ? (
            <Select
              displayEmpty
              value={names.includes(values.name) ? values.name : ""}
              onChange={(event) => change("name", event.target.value)}
              inputProps={{ "aria-label": t("filter.workflow") }}
              sx={{ height: 36, minWidth: 180, "& .MuiSelect-select": { py: 0.75 } }}
            >
              <MenuItem value="">{t("filter.anyWorkflow")}</MenuItem>
              {names.map((name) => (
                <MenuItem key={name} value={name}>
                  {name}
                </MenuItem>
              ))}
            </Select>
          ) : null}
        </Box>
      </Box>
      {list.error && !page ? (
        <ErrorState error={list.error} retry={list.refetch} />
      ) : (
        <DataTable label={t("tab.runs")} columns={columns} rows={page?.items} rowKey={({ id }) => id} to={({ id }) => `/workflows/${encodeURIComponent(id)}`} card={(run) => <RunCard run={run} />} empty={empty} />
      )}
      {page && page.items.length > 0 ? <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} /> : null}
    </Card>
  );
}
