// Workflows: what runs, what waits for a person, what failed; with the definitions and what was adapted.
import { useTranslation } from "react-i18next";
import { useListRunsQuery, useListWaitsQuery } from "@/api/workflows";
import { Page } from "@/components/Page";
import { PageTabs } from "@/components/PageTabs";
import { polling } from "@/components/polling";
import { AdaptationsTab } from "./AdaptationsTab";
import { DefinitionsTab } from "./DefinitionsTab";
import { RunsTab } from "./RunsTab";
import { groups } from "./runFilter";
import { isApproval, WaitsCard } from "./WaitsCard";

/** The page's one sentence: how much runs, and what needs a person. */
function useSentence(): string {
  const { t } = useTranslation("workflows");
  const { data: active } = useListRunsQuery({ status: groups.active, limit: 1 }, polling(5));
  const { data: failed } = useListRunsQuery({ status: ["stuck"], limit: 1 }, polling(15));
  const { data: waits } = useListWaitsQuery();
  if (!active) return t("title");
  const waiting = (waits?.items ?? []).filter(isApproval).length;
  const going = active.total > 0 ? t("sentence.active", { count: active.total }) : t("sentence.none");
  if (waiting > 0) return t("sentence.join", { first: going, second: t("sentence.waiting", { count: waiting }) });
  return failed && failed.total > 0 ? t("sentence.join", { first: going, second: t("sentence.stuck", { count: failed.total }) }) : going;
}

export default function WorkflowsPage() {
  const { t } = useTranslation("workflows");
  const sentence = useSentence();
  return (
    <Page title={sentence} name={t("title")} lead={t("lead")}>
      <WaitsCard />
      <PageTabs
        label={t("title")}
        tabs={[
          { key: "runs", label: t("tab.runs"), content: () => <RunsTab /> },
          { key: "definitions", label: t("tab.definitions"), content: () => <DefinitionsTab /> },
          { key: "adaptations", label: t("tab.adaptations"), content: () => <AdaptationsTab /> },
        ]}
      />
    </Page>
  );
}
