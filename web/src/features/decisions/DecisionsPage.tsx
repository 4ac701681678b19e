// The page "decisions" of the dashboard.
import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function DecisionsPage() {
  const { t } = useTranslation("decisions");
  return <Page title={t("title")}>{null}</Page>;
}
