// The workflows as they are defined: their versions, their steps, and how their runs went.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Definition } from "@/api/machine";
import { useListDefinitionsQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { Play, Workflow } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { StartRunDialog } from "./StartRunDialog";

function Kinds({ definition }: { definition: Definition }) {
  const { t } = useTranslation("workflows");
  const counts = new Map<Definition["steps"][number]["kind"], number>();
  for (const { kind } of definition.steps) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const undo = definition.steps.filter(({ undo: has }) => has).length;
  const parts = [...counts].map(([kind, count]) => t(`kindCount.${kind}`, { count }));
  return (
    <Box component="span" sx={{ color: "text.secondary" }}>
      {[...parts, ...(undo ? [t("definition.undo", { count: undo })] : [])].join(", ")}
    </Box>
  );
}

export function DefinitionsTab() {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const { data, error, refetch } = useListDefinitionsQuery();
  const manage = mayManage(usePerson());
  const [starting, setStarting] = useState<Definition | null>(null);
  const start = (one: Definition) => (
    <Button size="small" aria-label={t("start.label", { name: one.name })} startIcon={<Play size={14} aria-hidden />} onClick={() => setStarting(one)}>
      {t("start.button")}
    </Button>
  );
  const runs = (name: string, group: string, count: number | undefined) =>
    count ? (
      <Box component={Link} to={`/workflows?name=${encodeURIComponent(name)}&status=${group}`} sx={{ color: "inherit" }}>
        {formats.number(count)}
      </Box>
    ) : (
      "–"
    );
  const columns: Column<Definition>[] = [
    {
      key: "name",
      header: t("definition.name"),
      cell: (one) => (
        <>
          <Box component={Link} to={`/workflows?name=${encodeURIComponent(one.name)}`} sx={{ fontWeight: 600, color: "inherit", textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
            {one.name}
          </Box>
          <Box sx={{ fontSize: 12, color: "text.secondary" }}>{t("definition.versions", { count: one.versions.length, versions: one.versions.join(", ") })}</Box>
        </>
      ),
    },
    { key: "steps", header: t("definition.steps"), cell: (one) => <Kinds definition={one} /> },
    { key: "active", header: t("filter.active"), align: "right", cell: ({ name, counts }) => runs(name, "active", (counts.running ?? 0) + (counts.queued ?? 0)) },
    { key: "waiting", header: t("filter.waiting"), align: "right", from: "md", cell: ({ name, counts }) => runs(name, "waiting", counts.waiting) },
    { key: "succeeded", header: t("filter.succeeded"), align: "right", from: "md", cell: ({ name, counts }) => runs(name, "succeeded", counts.succeeded) },
    { key: "failed", header: t("filter.failed"), align: "right", cell: ({ name, counts }) => runs(name, "failed", (counts.failed ?? 0) + (counts.stuck ?? 0)) },
    ...(manage ? [{ key: "start", header: t("adaptation.deed"), align: "right" as const, cell: start }] : []),
  ];
  return (
    <Card flush>
      {error && !data ? (
        <ErrorState error={error} retry={refetch} />
      ) : data ? (
        <DataTable
          label={t("tab.definitions")}
          columns={columns}
          rows={data.items}
          rowKey={({ name }) => name}
          card={(one) => (
            <>
              <Box component={Link} to={`/workflows?name=${encodeURIComponent(one.name)}`} sx={{ fontWeight: 600, color: "inherit" }}>
                {one.name}
              </Box>
              <Box sx={{ fontSize: 13 }}>
                <Kinds definition={one} />
              </Box>
              {manage ? start(one) : null}
            </>
          )}
          empty={
            <EmptyState icon={Workflow} title={t("definition.emptyTitle")}>
              {t("definition.emptyDetail")}
            </EmptyState>
          }
        />
      ) : (
        <Skeleton variant="rounded" height={320} />
      )}
      {starting ? <StartRunDialog definition={starting} onClose={() => setStarting(null)} /> : null}
    </Card>
  );
}
