// The form of signing in; it says under each field what is missing, and above what was refused.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "@/api/problem";
import { useSignInMutation } from "@/api/sessions";
import { Eye, EyeOff } from "@/components/icons";
import { useProblemWords } from "@/components/Notice";

export function SignInForm({ linkDead }: { linkDead: boolean }) {
  const { t } = useTranslation("sign-in");
  const [signIn, { isLoading, error }] = useSignInMutation();
  const [missing, setMissing] = useState({ email: false, password: false });
  const [visible, setVisible] = useState(false);
  const words = useProblemWords();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [email, password] = [String(form.get("email") ?? "").trim(), String(form.get("password") ?? "")];
    setMissing({ email: !email, password: !password });
    if (email && password) void signIn({ email, password });
  };

  const refused = isProblem(error) && (error.status === 401 || error.status === 422);
  const { title, remedy } = words(error);
  const message = refused ? t("wrong") : `${title}. ${remedy}`;
  const visibleName = visible ? t("hidePassword") : t("showPassword");
  return (
    <Box component="form" noValidate onSubmit={submit} sx={{ display: "grid", gap: 2 }}>
      {error ? <Alert severity="error">{message}</Alert> : null}
      {linkDead && !error ? <Alert severity="warning">{t("linkDead")}</Alert> : null}
      <TextField
        name="email"
        type="email"
        label={t("email")}
        autoComplete="username"
        autoFocus
        required
        error={missing.email}
        helperText={missing.email ? t("emailMissing") : undefined}
      />
      <TextField
        name="password"
        type={visible ? "text" : "password"}
        label={t("password")}
        autoComplete="current-password"
        required
        error={missing.password}
        helperText={missing.password ? t("passwordMissing") : undefined}
        slotProps={{
          input: {
            endAdornment: (
              <InputAdornment position="end">
                <IconButton aria-label={visibleName} aria-pressed={visible} edge="end" onClick={() => setVisible(!visible)}>
                  {visible ? <EyeOff size={18} aria-hidden /> : <Eye size={18} aria-hidden />}
                </IconButton>
              </InputAdornment>
            ),
          },
        }}
      />
      <Button type="submit" variant="contained" color="primary" loading={isLoading} sx={{ minHeight: 40 }}>
        {t("submit")}
      </Button>
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        {t("hint")}
      </Typography>
    </Box>
  );
}
