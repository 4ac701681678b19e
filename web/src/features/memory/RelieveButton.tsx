// Gives memory back now: empties what can be made again, asked once more.
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { useRelieveMemoryMutation } from "@/api/memory";
import { Zap } from "@/components/icons";
import { useAsk } from "@/components/useAsk";

export function RelieveButton() {
  const { t } = useTranslation("memory");
  const [relieve] = useRelieveMemoryMutation();
  const { ask, dialog } = useAsk();
  return (
    <>
      <Button
        variant="contained"
        color="primary"
        aria-haspopup="dialog"
        startIcon={<Zap size={15} aria-hidden />}
        onClick={() => ask({ title: t("relieve.title"), detail: t("relieve.detail"), confirm: t("relieve.confirm"), done: t("relieve.done"), act: () => relieve().unwrap() })}
      >
        {t("relieve.confirm")}
      </Button>
      {dialog}
    </>
  );
}
