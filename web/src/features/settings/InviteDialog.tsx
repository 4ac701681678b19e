// Invites a person: e-mail, name, role and language; then shows the one-time link to hand over.
import { zodResolver } from "@hookform/resolvers/zod";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import MenuItem from "@mui/material/MenuItem";
import { useId, useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { isProblem } from "@/api/problem";
import { useAddPersonMutation } from "@/api/settings";
import type { Role } from "@/api/types";
import { useLanguage } from "@/format/useFormats";
import { FormField } from "@/forms/FormField";
import { useRefusals } from "@/forms/useRefusals";
import { LinkDialog } from "./LinkDialog";
import { roles } from "./roles";

export const inviteSchema = (wrong: { email: string; name: string }) =>
  z.object({
    email: z
      .string()
      .trim()
      .max(254, wrong.email)
      .regex(/^[^\s@]+@[^\s@]+$/, wrong.email),
    name: z.string().trim().min(1, wrong.name).max(120, wrong.name),
    role: z.enum(["owner", "manager", "analyst", "viewer"]),
    language: z.enum(["ko", "en"]),
  });

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["settings", "words", "shell"]);
  const language = useLanguage();
  const id = useId();
  const [invite, { isLoading }] = useAddPersonMutation();
  const [made, setMade] = useState<{ name: string; link: string } | null>(null);
  const schema = useMemo(() => inviteSchema({ email: t("people.emailWrong"), name: t("people.nameWrong") }), [t]);
  const { control, handleSubmit, setError } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { email: "", name: "", role: "viewer" as Role, language },
  });
  const role = useWatch({ control, name: "role" });
  const refuse = useRefusals(setError, ["email", "name", "role", "language"], "email");

  const submit = handleSubmit(async (form) => {
    try {
      const added = await invite(form).unwrap();
      if (added.sign_in_link) setMade({ name: added.name, link: added.sign_in_link });
      else onClose();
    } catch (problem) {
      // The server's one free-worded refusal is about the address.
      if (isProblem(problem) && problem.status === 422 && problem.errors.length === 0)
        setError("email", { message: [problem.detail, problem.remedy].join(" ").trim() }, { shouldFocus: true });
      else refuse(problem);
    }
  });

  if (made) return <LinkDialog {...made} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <DialogTitle id={id} variant="h2">
          {t("people.inviteTitle")}
        </DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 2.5, "&&": { pt: 1 } }}>
          <FormField control={control} name="email" type="email" label={t("people.email")} autoFocus />
          <FormField control={control} name="name" label={t("people.name")} />
          <FormField control={control} name="role" label={t("people.role")} hint={t(`people.roleDetail.${role}`)} select>
            {roles.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`words:role.${one}`)}
              </MenuItem>
            ))}
          </FormField>
          <FormField control={control} name="language" label={t("shell:language.label")} select>
            {(["ko", "en"] as const).map((one) => (
              <MenuItem key={one} value={one} lang={one}>
                {t(`shell:language.${one}`)}
              </MenuItem>
            ))}
          </FormField>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" loading={isLoading}>
            {t("people.send")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
