// The stock ledger of a product: every arrival, sale and correction with the balance after it.
import Box from "@mui/material/Box";
import { useState } from "react";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { Movement } from "@/api/types";
import { Card } from "@/components/Card";
import { ListChecks } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { RelativeTime } from "@/components/RelativeTime";
import { useFormats } from "@/format/useFormats";

const first = 10;
const kinds = ["opening", "receipt", "sale", "return", "adjustment", "transfer"] as const;
type Kind = (typeof kinds)[number];
const isKind = (kind: string): kind is Kind => kinds.some((known) => known === kind);

export function LedgerCard({ movements }: { movements: readonly Movement[] }) {
  const { t } = useTranslation(["stock", "words"]);
  const formats = useFormats();
  const [all, setAll] = useState(false);
  return (
    <Card title={t("movements.title")} flush>
      {movements.length === 0 ? (
        <EmptyState icon={ListChecks} title={t("movements.emptyTitle")} compact>
          {t("movements.emptyDetail")}
        </EmptyState>
      ) : (
        <Box component="ul" aria-label={t("movements.title")} sx={{ listStyle: "none", m: 0, p: 0 }}>
          {movements.slice(0, all ? undefined : first).map((movement, index) => (
            <Box
              component="li"
              key={`${movement.at} ${movement.kind} ${movement.reference} ${movements.length - index}`}
              sx={{ display: "flex", gap: 1.5, px: 2.5, py: 1, borderTop: 1, borderColor: "divider" }}
            >
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Box>{isKind(movement.kind) ? t(`movements.word.${movement.kind}`) : movement.kind}</Box>
                <Box sx={{ fontSize: 12, color: "text.secondary", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
                  <RelativeTime at={movement.at} />
                  {movement.reference ? ` · ${movement.reference}` : ""}
                </Box>
              </Box>
              <Box sx={{ textAlign: "right", fontVariantNumeric: "tabular-nums" }}>
                <Box sx={{ fontWeight: 600 }}>{formats.number(movement.quantity, { signDisplay: "exceptZero" })}</Box>
                <Box sx={{ fontSize: 12, color: "text.secondary" }}>{t("movements.balanceIs", { number: formats.number(movement.balance) })}</Box>
              </Box>
            </Box>
          ))}
        </Box>
      )}
      {movements.length > first && !all ? (
        <Box sx={{ p: 1, borderTop: 1, borderColor: "divider", textAlign: "center" }}>
          <Button variant="text" onClick={() => setAll(true)}>
            {t("words:action.seeAll")}
          </Button>
        </Box>
      ) : null}
    </Card>
  );
}
