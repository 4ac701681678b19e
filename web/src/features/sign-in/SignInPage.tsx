// Signing in: by e-mail and password, or by a one-time link that is used at once and leaves no trace in the history.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation } from "react-router";
import { useAppSelector } from "@/app/store";
import { usePageTitle } from "@/components/Page";
import { Logo } from "@/shell/Logo";
import { LanguageMenu, ThemeMenu } from "@/shell/LookMenus";
import { SignInForm } from "./SignInForm";
import { useSignInLink } from "./useSignInLink";

export default function SignInPage() {
  const { t } = useTranslation(["sign-in", "shell"]);
  const status = useAppSelector((state) => state.session.status);
  const target = (useLocation().state as { target?: string } | null)?.target ?? "/";
  const link = useSignInLink();
  usePageTitle(t("title"));
  if (status === "signed-in") return <Navigate to={target} replace />;
  return (
    <Box sx={{ minHeight: "100vh", display: "flex", flexDirection: "column" }}>
      <Box component="header" sx={{ display: "flex", alignItems: "center", gap: 1, height: 56, px: { xs: 2, md: 4 } }}>
        <Logo />
        <Box component="span" sx={{ fontWeight: 600, fontSize: 15, flex: 1 }}>
          {t("shell:product")}
        </Box>
        <LanguageMenu />
        <ThemeMenu />
      </Box>
      <Box component="main" sx={{ flex: 1, display: "grid", placeItems: "center", px: 2, pb: 12 }}>
        <Box sx={{ width: "100%", maxWidth: 360 }}>
          <Typography variant="h1" sx={{ fontSize: 24, lineHeight: "32px" }}>
            {t("title")}
          </Typography>
          <Typography sx={{ color: "text.secondary", mt: 0.5, mb: 3 }}>{t("lead")}</Typography>
          {link === "checking" ? <Typography role="status">{t("checking")}</Typography> : <SignInForm linkDead={link === "dead"} />}
        </Box>
      </Box>
    </Box>
  );
}
