// The page "agents" of the dashboard.
import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function AgentsPage() {
  const { t } = useTranslation("agents");
  return <Page title={t("title")}>{null}</Page>;
}
