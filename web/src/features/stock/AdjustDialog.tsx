// Correcting the stock of one place: how many pieces and why, then once more before it is done.
import { zodResolver } from "@hookform/resolvers/zod";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useId, useMemo, useState } from "react";
import { useController, useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useAdjustStockMutation } from "@/api/stock";
import type { StockRow } from "@/api/types";
import { Minus, Plus } from "@/components/icons";
import { useToast } from "@/components/Toasts";
import { useFormats, useWords } from "@/format/useFormats";
import { FormField } from "@/forms/FormField";
import { useRefusals } from "@/forms/useRefusals";
import { type Adjustment, adjustmentSchema, signedPieces } from "./adjustment";

function useSchema(onHand: number) {
  const { t } = useTranslation("stock");
  return useMemo(
    () =>
      adjustmentSchema(onHand, {
        pieces: t("adjust.errors.pieces"),
        most: t("adjust.errors.most"),
        below: (count) => t("adjust.errors.below", { count }),
        reason: t("adjust.errors.reason"),
      }),
    [onHand, t],
  );
}

export function AdjustDialog({ row, onClose }: { row: StockRow; onClose: () => void }) {
  const { t } = useTranslation(["stock", "words"]);
  const formats = useFormats();
  const words = useWords();
  const say = useToast();
  const id = useId();
  const [adjust, { isLoading }] = useAdjustStockMutation();
  const [sure, setSure] = useState(false);
  const { control, handleSubmit, setError } = useForm<Adjustment>({
    resolver: zodResolver(useSchema(row.on_hand)),
    defaultValues: { direction: "add", pieces: "", reason: "" },
  });
  const direction = useController({ control, name: "direction" }).field;
  const refuse = useRefusals(setError, ["pieces", "reason"], "pieces");
  const change = signedPieces({ direction: direction.value, pieces: useWatch({ control, name: "pieces" }) });
  const [before, after] = [formats.number(row.on_hand), formats.number(row.on_hand + change)];

  const send = handleSubmit(
    async (values) => {
      if (!sure) {
        setSure(true);
        return;
      }
      try {
        const done = await adjust({
          product_id: row.product_id,
          location_id: row.location.id,
          quantity: signedPieces(values),
          reason: values.reason.trim(),
        }).unwrap();
        say(t("adjust.done", { after: formats.number(done?.on_hand ?? row.on_hand + change) }));
        onClose();
      } catch (problem) {
        setSure(false);
        // The fields are drawn again first, so that the message finds its place.
        setTimeout(() => refuse(problem));
      }
    },
    () => setSure(false),
  );

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <form onSubmit={(event) => void send(event)} noValidate>
        <DialogTitle id={id} variant="h2">
          {sure ? t("adjust.confirmTitle", { before, after }) : t("adjust.title", { product: words(row.name) })}
        </DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 2.5 }}>
          <Typography sx={{ color: "text.secondary" }}>
            {sure ? t("adjust.confirmDetail") : t("adjust.at", { place: row.location.name, count: row.on_hand })}
          </Typography>
          <Box sx={{ display: sure ? "none" : "grid", gap: 2.5 }}>
            <Box sx={{ display: "flex", gap: 1.5, alignItems: "flex-start" }}>
              <ToggleButtonGroup exclusive size="small" aria-label={t("adjust.direction")} value={direction.value} onChange={(_, next: string | null) => next && direction.onChange(next)} sx={{ flexShrink: 0 }}>
                <ToggleButton value="add" sx={{ gap: 0.75, height: 40 }}>
                  <Plus size={16} aria-hidden />
                  {t("adjust.add")}
                </ToggleButton>
                <ToggleButton value="take" sx={{ gap: 0.75, height: 40 }}>
                  <Minus size={16} aria-hidden />
                  {t("adjust.take")}
                </ToggleButton>
              </ToggleButtonGroup>
              <FormField control={control} name="pieces" label={t("adjust.pieces")} numeric autoFocus fullWidth />
            </Box>
            <FormField control={control} name="reason" label={t("adjust.reason")} hint={t("adjust.reasonHint")} />
            <Box role="status" sx={{ minHeight: 22, fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
              {change !== 0 && row.on_hand + change >= 0 ? t("adjust.after", { before, after }) : null}
            </Box>
          </Box>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={sure ? () => setSure(false) : onClose}>{sure ? t("adjust.back") : t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" loading={isLoading}>
            {sure ? t("adjust.confirm") : t("adjust.review")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
