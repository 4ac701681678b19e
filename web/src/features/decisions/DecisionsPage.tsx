// The decisions: a list filtered on the server, settled one by one or many at once, each opening beside it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useParams } from "react-router";
import { useListDecisionsQuery } from "@/api/decisions";
import { mayExport, mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { DataTable } from "@/components/DataTable";
import { Download, ListChecks } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Pager, useCursor } from "@/components/Pager";
import { useWords } from "@/format/useFormats";
import { BulkBar } from "./BulkBar";
import { FreshButton } from "./FreshButton";
import { DecisionCard, decisionColumns } from "./decisionColumns";
import { FilterBar } from "./FilterBar";
import { useDecide } from "./useDecide";
import { pageSize, useDecisionFilter } from "./useDecisionFilter";
import { useExport } from "./useExport";

const none: ReadonlySet<string> = new Set();

export default function DecisionsPage() {
  const { t } = useTranslation(["decisions", "words"]);
  const words = useWords();
  const person = usePerson();
  const { id: openKey } = useParams();
  const { search } = useLocation();
  const state = useDecisionFilter();
  const place = useCursor();
  const [chosen, setChosen] = useState(none);
  const list = useListDecisionsQuery({ ...state.filter, limit: pageSize, cursor: place.cursor });
  const { ask, dialog } = useDecide(() => setChosen(none));
  const exporting = useExport();
  const page = list.currentData ?? (list.isFetching ? undefined : list.data);
  const picked = (page?.items ?? []).filter(({ id }) => chosen.has(id));

  const empty = (
    <EmptyState
      icon={ListChecks}
      title={state.filtered ? t("empty.filteredTitle") : t("empty.title")}
      action={state.filtered ? <Button onClick={state.clear}>{t("words:action.clear")}</Button> : undefined}
    >
      {state.filtered ? t("empty.filteredDetail") : t("empty.detail")}
    </EmptyState>
  );
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      actions={
        mayExport(person) ? (
          <Button startIcon={<Download size={15} aria-hidden />} loading={exporting.busy} onClick={() => void exporting.start(state.filter)}>
            {t("words:action.export")}
          </Button>
        ) : null
      }
    >
      <Card flush>
        <FilterBar state={state} />
        <FreshButton page={page} state={state} paged={place.page > 0} onShow={list.refetch} />
        <Box sx={{ borderTop: 1, borderColor: "divider" }}>
          {list.error && !page ? (
            <ErrorState error={list.error} retry={list.refetch} />
          ) : (
            <DataTable
              label={t("title")}
              columns={decisionColumns(t, words)}
              rows={page?.items}
              waitingRows={pageSize}
              rowKey={({ id }) => id}
              to={({ id }) => `/decisions/${id}${search}`}
              openKey={openKey}
              sort={state.sort}
              onSort={(sort) => state.change({ sort: sort === "-created_at" ? "" : sort })}
              selection={
                mayManage(person) ? { chosen, onChange: setChosen, name: ({ summary }) => words(summary) } : undefined
              }
              card={(decision) => <DecisionCard decision={decision} text={words(decision.summary)} />}
              empty={empty}
            />
          )}
        </Box>
        {page && page.items.length > 0 ? (
          <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} />
        ) : null}
      </Card>
      <BulkBar chosen={picked} onAsk={(verdict, decisions) => ask({ verdict, decisions })} onClear={() => setChosen(none)} />
      {dialog}
      <Outlet />
    </Page>
  );
}
