// Memory: how much the process holds, what holds it, and what gives it back.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import type { Memory } from "@/api/machine";
import { useGetMemoryQuery } from "@/api/memory";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Columns } from "@/components/Columns";
import { EventList } from "@/components/EventList";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { polling } from "@/components/polling";
import { useFormats, useWords } from "@/format/useFormats";
import { HistoryCard } from "./HistoryCard";
import { MemoryControls } from "./MemoryControls";
import { PressureTag } from "./PressureTag";
import { RelieveButton } from "./RelieveButton";
import { CachesCard, PoolsCard, TopCard } from "./StoresCards";

function Actions({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const words = useWords();
  const formats = useFormats();
  const actions = [...memory.actions].sort((a, b) => (a.at < b.at ? 1 : -1));
  return (
    <Card title={t("actions.title")}>
      {actions.length === 0 ? (
        <Box sx={{ color: "text.secondary" }}>{t("actions.none")}</Box>
      ) : (
        <EventList
          items={actions.map((one, index) => ({
            key: `${one.at} ${index}`,
            text: words(one.words),
            detail: `${formats.exact(one.at)} · ${t("actions.freed", { size: formats.bytes(Math.max(0, one.freed_bytes)) })}`,
            tone: "good",
          }))}
        />
      )}
    </Card>
  );
}

const place = (height: number) => <Skeleton variant="rounded" height={height} />;

export default function MemoryPage() {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const { data: memory, error, refetch } = useGetMemoryQuery(undefined, polling(4));
  const pieces = memory
    ? [
        { key: "history", content: <HistoryCard memory={memory} /> },
        { key: "controls", aside: true, content: <MemoryControls memory={memory} /> },
        { key: "top", content: <TopCard memory={memory} /> },
        { key: "actions", aside: true, content: <Actions memory={memory} /> },
        { key: "caches", content: <CachesCard memory={memory} /> },
        { key: "pools", content: <PoolsCard memory={memory} /> },
      ]
    : [
        { key: "history", content: place(360) },
        { key: "controls", aside: true, content: place(300) },
        { key: "top", content: place(260) },
      ];
  return (
    <Page
      title={memory ? t(`sentence.${memory.pressure}`, { percent: formats.percent(memory.percent / 100) }) : t("title")}
      name={t("title")}
      lead={
        memory ? (
          <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.5 }}>
            <PressureTag pressure={memory.pressure} />
            <span>{t("held", { used: formats.bytes(memory.rss_bytes), limit: formats.bytes(memory.limit_bytes) })}</span>
          </Box>
        ) : (
          " "
        )
      }
      actions={memory && manage ? <RelieveButton /> : null}
    >
      {error && !memory ? (
        <Card>
          <ErrorState error={error} retry={refetch} />
        </Card>
      ) : (
        <Columns busy={!memory} pieces={pieces} />
      )}
    </Page>
  );
}
