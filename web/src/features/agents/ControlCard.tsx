// What a person decides about an agent: its level, its cap, and whether it is held.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentSummary } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useWords } from "@/format/useFormats";
import { LevelDialog } from "./LevelDialog";
import { useAgentChange } from "./useAgentChange";

interface ControlProps {
  name: string;
  value: string;
  detail: string;
  button: ReactNode;
}

function Control({ name, value, detail, button }: ControlProps) {
  return (
    <Box component="li" sx={{ display: "flex", gap: 2, alignItems: "center", py: 1.5, borderTop: 1, borderColor: "divider", "&:first-of-type": { borderTop: 0, pt: 0 }, "&:last-of-type": { pb: 0 } }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ fontSize: 13, color: "text.secondary" }}>{name}</Box>
        <Box sx={{ fontWeight: 600 }}>{value}</Box>
        <Box sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary", wordBreak: "keep-all" }}>{detail}</Box>
      </Box>
      {button}
    </Box>
  );
}

type Open = "level" | "cap" | "pin" | null;

export function ControlCard({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation(["agents", "words"]);
  const words = useWords();
  const manage = mayManage(usePerson());
  const [open, setOpen] = useState<Open>(null);
  const { change, busy } = useAgentChange(agent.name);
  const close = () => setOpen(null);
  const level = t(`words:level.${agent.level}`);
  const button = (what: Exclude<Open, null>, text: string, label: string) =>
    manage ? (
      <Button aria-label={label} aria-haspopup="dialog" onClick={() => setOpen(what)} sx={{ flexShrink: 0 }}>
        {text}
      </Button>
    ) : null;
  const pinKind = agent.pinned ? "unpin" : "pin";
  const pinWord = t(agent.pinned ? "control.unpin" : "control.hold");
  return (
    <Card title={t("control.title")}>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        <Control
          name={t("control.level")}
          value={level}
          detail={t(`words:levelDetail.${agent.level}`)}
          button={button("level", t("control.change"), t("control.changeLevel"))}
        />
        <Control
          name={t("control.cap")}
          value={agent.cap === "full" ? t("noCap") : t(`words:level.${agent.cap}`)}
          detail={t(agent.cap === "full" ? "control.noCapDetail" : "control.capDetail")}
          button={button("cap", t("control.change"), t("control.changeCap"))}
        />
        <Control
          name={t("control.pin")}
          value={agent.pinned ? t("control.held", { level }) : t("control.free")}
          detail={t(agent.pinned ? "control.heldDetail" : "control.freeDetail")}
          button={button("pin", pinWord, pinWord)}
        />
      </Box>
      {open === "level" || open === "cap" ? <LevelDialog agent={agent} kind={open} onClose={close} /> : null}
      {open === "pin" ? (
        <ConfirmDialog
          title={t(`${pinKind}Dialog.title`, { agent: words(agent.title), level })}
          confirm={pinWord}
          busy={busy}
          onConfirm={() => void change({ pin: agent.pinned ? null : agent.level }).then(close)}
          onClose={close}
        >
          <Typography sx={{ color: "text.secondary" }}>{t(`${pinKind}Dialog.consequence`)}</Typography>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
