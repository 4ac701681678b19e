// The page "overview" of the dashboard.
import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function OverviewPage() {
  const { t } = useTranslation("overview");
  return <Page title={t("title")}>{null}</Page>;
}
