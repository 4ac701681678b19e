// What the engine changed by itself to be faster or safer, whether it helped, and the way back.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { Adaptation } from "@/api/machine";
import { useListAdaptationsQuery, useRevertAdaptationMutation } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { TrendingUp, Undo2 } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Pager, useCursor } from "@/components/Pager";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { useAsk } from "@/components/useAsk";
import { useFormats, useWords } from "@/format/useFormats";
import { pageSize } from "./runFilter";
import { AdaptationTag } from "./runTags";

function Measured({ gain, runs }: Adaptation) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  return (
    <>
      {gain === null ? t("adaptation.notYet") : t(gain >= 0 ? "adaptation.better" : "adaptation.worse", { share: formats.percent(Math.abs(gain)) })}
      <Box component="span" sx={{ display: "block", fontSize: 12, color: "text.secondary" }}>
        {t("adaptation.runs", { count: runs })}
      </Box>
    </>
  );
}

export function AdaptationsTab() {
  const { t } = useTranslation("workflows");
  const words = useWords();
  const place = useCursor();
  const manage = mayManage(usePerson());
  const [revert] = useRevertAdaptationMutation();
  const { ask, dialog } = useAsk();
  const { currentData: page, error, refetch } = useListAdaptationsQuery({ limit: pageSize, cursor: place.cursor }, polling(10));
  const undo = (one: Adaptation) =>
    manage && one.state !== "reverted" ? (
      <Button
        startIcon={<Undo2 size={15} aria-hidden />}
        aria-label={t("adaptation.revertOne", { what: words(one.what) })}
        onClick={() =>
          ask({
            title: t("adaptation.revertTitle"),
            detail: `${words(one.what)} ${t("adaptation.revertDetail")}`,
            confirm: t("adaptation.revert"),
            done: t("adaptation.revertDone"),
            act: () => revert(one.id).unwrap(),
          })
        }
      >
        {t("adaptation.revert")}
      </Button>
    ) : null;
  const columns: Column<Adaptation>[] = [
    {
      key: "what",
      header: t("adaptation.what"),
      cell: (one) => (
        <>
          {words(one.what)}
          <Box component="span" sx={{ display: "block", fontSize: 12, color: "text.secondary" }}>{`${one.workflow} · ${one.step}`}</Box>
        </>
      ),
    },
    { key: "state", header: t("column.status"), width: 130, cell: (one) => <AdaptationTag state={one.state} /> },
    { key: "measured", header: t("adaptation.measured"), align: "right", cell: (one) => <Measured {...one} /> },
    { key: "at", header: t("adaptation.at"), align: "right", from: "md", cell: (one) => <WallTime at={one.at} /> },
    { key: "revert", header: t("adaptation.deed"), align: "right", width: 140, cell: undo },
  ];
  return (
    <Card flush>
      {error && !page ? (
        <ErrorState error={error} retry={refetch} />
      ) : (
        <DataTable
          label={t("tab.adaptations")}
          columns={columns}
          rows={page?.items}
          rowKey={({ id }) => id}
          card={(one) => (
            <>
              <Box sx={{ display: "flex", gap: 1 }}>
                <Box sx={{ flex: 1 }}>{words(one.what)}</Box>
                <AdaptationTag state={one.state} />
              </Box>
              <Box sx={{ fontSize: 13, color: "text.secondary", mb: 1 }}>
                {`${one.workflow} · ${one.step}`} <Measured {...one} />
              </Box>
              {undo(one)}
            </>
          )}
          empty={
            <EmptyState icon={TrendingUp} title={t("adaptation.emptyTitle")}>
              {t("adaptation.emptyDetail")}
            </EmptyState>
          }
        />
      )}
      {page && page.items.length > 0 ? <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} /> : null}
      {dialog}
    </Card>
  );
}
