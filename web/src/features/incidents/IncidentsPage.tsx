// Incidents: is the machine healthy, what broke, what mended it; with the breakers and the playbooks.
import { useTranslation } from "react-i18next";
import { useListBreakersQuery, useListIncidentsQuery } from "@/api/incidents";
import { mayManage, usePerson } from "@/app/person";
import { Page } from "@/components/Page";
import { PageTabs } from "@/components/PageTabs";
import { polling } from "@/components/polling";
import { SelfTestButton } from "@/features/workers/SelfTestButton";
import { BreakersTab } from "./BreakersTab";
import { IncidentsTab, unsettled } from "./IncidentsTab";
import { PlaybooksTab } from "./PlaybooksTab";

function useSentence(): string {
  const { t } = useTranslation("incidents");
  const open = useListIncidentsQuery({ status: unsettled, limit: 1 }, polling(4)).data?.total;
  const called = useListIncidentsQuery({ status: ["escalated"], limit: 1 }, polling(4)).data?.total;
  if (open === undefined) return t("title");
  if (called) return t("sentence.escalated", { count: called });
  return open > 0 ? t("sentence.open", { count: open }) : t("sentence.well");
}

export default function IncidentsPage() {
  const { t } = useTranslation("incidents");
  const manage = mayManage(usePerson());
  const sentence = useSentence();
  const { data: breakers } = useListBreakersQuery(undefined, polling(5));
  const broken = (breakers?.items ?? []).filter(({ state }) => state !== "closed").length;
  return (
    <Page title={sentence} name={t("title")} lead={t("lead")} actions={manage ? <SelfTestButton /> : null}>
      <PageTabs
        label={t("title")}
        tabs={[
          { key: "incidents", label: t("tab.incidents"), content: () => <IncidentsTab /> },
          { key: "breakers", label: broken ? t("tab.breakersOpen", { count: broken }) : t("tab.breakers"), content: () => <BreakersTab /> },
          { key: "playbooks", label: t("tab.playbooks"), content: () => <PlaybooksTab /> },
        ]}
      />
    </Page>
  );
}
