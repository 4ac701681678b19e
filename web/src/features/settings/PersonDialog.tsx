// Asks once more before a person's role changes, a sign-in link is made, or a person is removed.
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangePersonMutation, useRemovePersonMutation } from "@/api/settings";
import type { PersonRow, Role } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useProblemToast, useToast } from "@/components/Toasts";
import { LinkDialog } from "./LinkDialog";

export type Intent = { kind: "role"; role: Role } | { kind: "link" } | { kind: "remove" };

export function PersonDialog({ person, intent, onClose }: { person: PersonRow; intent: Intent; onClose: () => void }) {
  const { t } = useTranslation(["settings", "words"]);
  const say = useToast();
  const sayProblem = useProblemToast();
  const [change, { isLoading }] = useChangePersonMutation();
  const [remove, { isLoading: removing }] = useRemovePersonMutation();
  const [link, setLink] = useState<string | null>(null);
  const name = person.name || person.email;
  const role = intent.kind === "role" ? t(`words:role.${intent.role}`) : "";

  const confirm = async () => {
    try {
      if (intent.kind === "remove") {
        await remove(person.id).unwrap();
        say(t("people.removed", { name }));
      } else if (intent.kind === "role") {
        await change({ id: person.id, role: intent.role }).unwrap();
        say(t("people.roleChanged", { name, role }));
      } else {
        const made = await change({ id: person.id, new_link: true }).unwrap();
        if (made.sign_in_link) {
          setLink(made.sign_in_link);
          return;
        }
      }
    } catch (problem) {
      sayProblem(problem);
    }
    onClose();
  };

  if (link) return <LinkDialog name={name} link={link} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t(`people.ask.${intent.kind}.title`, { name, role })}
      confirm={t(`people.ask.${intent.kind}.confirm`)}
      tone={intent.kind === "remove" ? "error" : "primary"}
      busy={isLoading || removing}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Typography sx={{ color: "text.secondary" }}>
        {intent.kind === "role" ? t(`people.roleDetail.${intent.role}`) : t(`people.ask.${intent.kind}.detail`)}
      </Typography>
    </ConfirmDialog>
  );
}
