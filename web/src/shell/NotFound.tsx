// The page for an address that leads nowhere.
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Search } from "@/components/icons";

export function NotFound() {
  const { t } = useTranslation("shell");
  return (
    <Page title={t("notFound.title")}>
      <EmptyState
        icon={Search}
        title={t("notFound.detail")}
        action={
          <Button component={Link} to="/">
            {t("notFound.back")}
          </Button>
        }
      />
    </Page>
  );
}
