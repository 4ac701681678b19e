// What holds memory: the places that allocated most, the caches with their hits, and the pools of arrays and buffers.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { Memory } from "@/api/machine";
import { useSnapshotMemoryMutation } from "@/api/memory";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { Boxes, RefreshCw } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { ProgressBar } from "@/components/ProgressBar";
import { WallTime } from "@/components/RelativeTime";
import { useAct } from "@/components/useAsk";
import { useFormats } from "@/format/useFormats";

type Top = Memory["top"][number];
type Cache = Memory["caches"][number];
type Pool = Memory["pools"][number];

const hitShare = ({ hits, misses }: { hits: number; misses: number }) => (hits + misses > 0 ? hits / (hits + misses) : null);
const code = { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", fontSize: 12, overflowWrap: "anywhere" } as const;

export function TopCard({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const [snapshot, { isLoading }] = useSnapshotMemoryMutation();
  const act = useAct();
  const columns: Column<Top>[] = [
    { key: "where", header: t("top.where"), cell: ({ where }) => <Box sx={code}>{where}</Box> },
    { key: "bytes", header: t("top.bytes"), align: "right", cell: ({ bytes }) => formats.bytes(bytes) },
    { key: "count", header: t("top.count"), align: "right", cell: ({ count }) => formats.number(count) },
  ];
  return (
    <Card
      flush
      title={t("top.title")}
      action={
        manage ? (
          <Button variant="text" startIcon={<RefreshCw size={14} aria-hidden />} loading={isLoading} onClick={() => void act(() => snapshot().unwrap(), t("top.done"))}>
            {t("top.snapshot")}
          </Button>
        ) : null
      }
    >
      <DataTable
        label={t("top.title")}
        columns={columns}
        rows={memory.top}
        rowKey={({ where }) => where}
        card={({ where, bytes, count }) => (
          <>
            <Box sx={code}>{where}</Box>
            <Box sx={{ fontSize: 13, color: "text.secondary" }}>{`${formats.bytes(bytes)} · ${t("top.blocks", { count })}`}</Box>
          </>
        )}
        empty={
          <EmptyState icon={Boxes} title={t(memory.tracing ? "top.tracedTitle" : "top.emptyTitle")} compact>
            {t(memory.tracing ? "top.tracedDetail" : "top.emptyDetail")}
          </EmptyState>
        }
      />
      {memory.looked_at && memory.top.length ? (
        <Box sx={{ px: 2.5, py: 1, fontSize: 12, color: "text.secondary" }}>
          {`${t("top.lookedAt")} `}
          <WallTime at={memory.looked_at} />
        </Box>
      ) : null}
    </Card>
  );
}

export function CachesCard({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const share = (one: Cache) => {
    const hits = hitShare(one);
    return hits === null ? "–" : formats.percent(hits);
  };
  const fill = (one: Cache) => `${formats.bytes(one.bytes)} / ${formats.bytes(one.limit_bytes)}`;
  const columns: Column<Cache>[] = [
    { key: "name", header: t("caches.name"), cell: ({ name }) => <Box sx={{ fontWeight: 600 }}>{name}</Box> },
    {
      key: "fill",
      header: t("caches.fill"),
      width: 220,
      cell: (one) => (
        <>
          <Box sx={{ fontSize: 13 }}>{fill(one)}</Box>
          <ProgressBar label={t("caches.fillOf", { name: one.name })} progress={{ done: Math.round(one.bytes / 1024 ** 2), total: Math.max(1, Math.round(one.limit_bytes / 1024 ** 2)) }} bare />
        </>
      ),
    },
    { key: "items", header: t("caches.items"), align: "right", cell: ({ items }) => formats.number(items) },
    { key: "hits", header: t("caches.hits"), align: "right", cell: share },
    { key: "evictions", header: t("caches.evictions"), align: "right", from: "md", cell: ({ evictions }) => formats.number(evictions) },
  ];
  return (
    <Card flush title={t("caches.title")}>
      <DataTable
        label={t("caches.title")}
        columns={columns}
        rows={memory.caches}
        rowKey={({ name }) => name}
        card={(one) => (
          <>
            <Box sx={{ fontWeight: 600 }}>{one.name}</Box>
            <Box sx={{ fontSize: 13, color: "text.secondary" }}>{`${fill(one)} · ${t("caches.hits")} ${share(one)}`}</Box>
          </>
        )}
        empty={<EmptyState icon={Boxes} title={t("caches.empty")} compact />}
      />
    </Card>
  );
}

export function PoolsCard({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const share = (one: Pool) => {
    const hits = hitShare(one);
    return hits === null ? "–" : formats.percent(hits);
  };
  const columns: Column<Pool>[] = [
    { key: "name", header: t("pools.name"), cell: ({ name }) => <Box sx={{ fontWeight: 600 }}>{name}</Box> },
    { key: "bytes", header: t("pools.bytes"), align: "right", cell: ({ bytes }) => formats.bytes(bytes) },
    { key: "items", header: t("pools.items"), align: "right", cell: ({ items }) => formats.number(items) },
    { key: "hits", header: t("pools.reused"), align: "right", cell: share },
  ];
  return (
    <Card flush title={t("pools.title")}>
      <DataTable
        label={t("pools.title")}
        columns={columns}
        rows={memory.pools}
        rowKey={({ name }) => name}
        card={(one) => (
          <>
            <Box sx={{ fontWeight: 600 }}>{one.name}</Box>
            <Box sx={{ fontSize: 13, color: "text.secondary" }}>{`${formats.bytes(one.bytes)} · ${t("pools.reused")} ${share(one)}`}</Box>
          </>
        )}
        empty={<EmptyState icon={Boxes} title={t("pools.empty")} compact />}
      />
    </Card>
  );
}
