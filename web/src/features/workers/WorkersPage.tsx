// Workers: who works, how busy each has been, who is missing; with the executors that carry the runs.
import { useTranslation } from "react-i18next";
import { useListWorkersQuery } from "@/api/workers";
import { mayManage, usePerson } from "@/app/person";
import { Page } from "@/components/Page";
import { PageTabs } from "@/components/PageTabs";
import { polling } from "@/components/polling";
import { AddWorkerButton } from "./AddWorkerButton";
import { ExecutorsTab } from "./ExecutorsTab";
import { SelfTestButton } from "./SelfTestButton";
import { WorkersTab } from "./WorkersTab";

function useSentence(): string {
  const { t } = useTranslation("workers");
  const { data } = useListWorkersQuery(undefined, polling(4));
  if (!data) return t("title");
  const present = data.items.filter(({ state }) => state === "busy" || state === "idle");
  const busy = present.filter(({ state }) => state === "busy").length;
  const lost = data.items.filter(({ state }) => state === "lost").length;
  if (present.length === 0) return t(data.emptied ? "sentence.emptied" : data.trouble || lost ? "sentence.away" : "sentence.none");
  const first = t("sentence.busy", { count: present.length, busy });
  return lost ? t("sentence.join", { first, second: t("sentence.lost", { count: lost }) }) : first;
}

export default function WorkersPage() {
  const { t } = useTranslation("workers");
  const manage = mayManage(usePerson());
  const sentence = useSentence();
  return (
    <Page
      title={sentence}
      name={t("title")}
      lead={t("lead")}
      actions={
        manage ? (
          <>
            <SelfTestButton />
            <AddWorkerButton />
          </>
        ) : null
      }
    >
      <PageTabs
        label={t("title")}
        tabs={[
          { key: "workers", label: t("tab.workers"), content: () => <WorkersTab /> },
          { key: "executors", label: t("tab.executors"), content: () => <ExecutorsTab /> },
        ]}
      />
    </Page>
  );
}
