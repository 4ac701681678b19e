// What shows when a page itself breaks or cannot be loaded, as after an update of the server.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/Notice";
import { CircleAlert } from "@/components/icons";

export function Problem() {
  const { t } = useTranslation("shell");
  return (
    <Box role="alert" sx={{ minHeight: "60vh", display: "grid", placeItems: "center" }}>
      <EmptyState
        icon={CircleAlert}
        title={t("broken.title")}
        action={<Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>}
      >
        {t("broken.detail")}
      </EmptyState>
    </Box>
  );
}
