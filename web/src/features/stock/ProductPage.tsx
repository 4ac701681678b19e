// The page "stock" of the dashboard.
import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function ProductPage() {
  const { t } = useTranslation("stock");
  return <Page title={t("title")}>{null}</Page>;
}
