// The purchase orders of a product, newest first, with what has arrived; managers book or cancel them here.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeOrderMutation } from "@/api/stock";
import type { PurchaseOrder } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { type Column, DataTable } from "@/components/DataTable";
import { Check, CircleCheck, CircleDashed, CircleX, type LucideIcon, Truck } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { RelativeTime } from "@/components/RelativeTime";
import { Tag, type Tone } from "@/components/Tag";
import { useProblemToast, useToast } from "@/components/Toasts";
import { useCurrency, useFormats } from "@/format/useFormats";

/** So many at first; the older ones on demand. */
const first = 6;

const looks: Record<PurchaseOrder["status"], [Tone, LucideIcon]> = {
  draft: ["neutral", CircleDashed],
  approved: ["info", Check],
  sent: ["info", Truck],
  received: ["good", CircleCheck],
  cancelled: ["neutral", CircleX],
};

function OrderTag({ status }: { status: PurchaseOrder["status"] }) {
  const { t } = useTranslation("stock");
  const [tone, icon] = looks[status];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`orders.word.${status}`)}
    </Tag>
  );
}

function When({ order }: { order: PurchaseOrder }) {
  const at = when(order);
  return at ? <RelativeTime at={at} /> : "–";
}

type Change = "cancel" | "receive";

/** Of one product: ordered and arrived so far. */
export function piecesOf(order: PurchaseOrder, productId: number): { quantity: number; received: number } {
  const lines = order.lines.filter((line) => line.product_id === productId);
  return {
    quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
    received: lines.reduce((sum, line) => sum + line.received, 0),
  };
}

/** When it arrived, or else when it is expected. */
const when = (order: PurchaseOrder) => order.received_at ?? order.expected_at;

export function changesOf(order: PurchaseOrder): Change[] {
  if (order.status === "received" || order.status === "cancelled") return [];
  const untouched = order.lines.every(({ received }) => received === 0);
  return [...(order.status === "sent" ? (["receive"] as const) : []), ...(untouched ? (["cancel"] as const) : [])];
}

function ConfirmChange({ order, change, onClose }: { order: PurchaseOrder; change: Change; onClose: () => void }) {
  const { t } = useTranslation("stock");
  const [send, { isLoading }] = useChangeOrderMutation();
  const say = useToast();
  const sayProblem = useProblemToast();
  const { number } = order;
  const confirm = async () => {
    try {
      await send({ id: order.id, change }).unwrap();
      say(t(change === "cancel" ? "orders.cancelled" : "orders.booked", { number }));
    } catch (problem) {
      sayProblem(problem);
    }
    onClose();
  };
  return (
    <ConfirmDialog
      title={t(`orders.${change}Title`, { number })}
      confirm={t(`orders.${change}`)}
      tone={change === "cancel" ? "error" : "primary"}
      busy={isLoading}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Typography sx={{ color: "text.secondary" }}>
        {t(`orders.${change}Detail`, { supplier: order.supplier.name, place: order.location.name })}
      </Typography>
    </ConfirmDialog>
  );
}

export function OrdersCard({ orders, productId }: { orders: readonly PurchaseOrder[]; productId: number }) {
  const { t } = useTranslation(["stock", "words"]);
  const formats = useFormats();
  const currency = useCurrency();
  const manage = mayManage(usePerson());
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<{ order: PurchaseOrder; change: Change } | null>(null);
  const pieces = (order: PurchaseOrder) => {
    const { quantity, received } = piecesOf(order, productId);
    const partly = received > 0 && received < quantity;
    return partly ? t("orders.received", { received: formats.number(received), quantity: formats.number(quantity) }) : formats.number(quantity);
  };
  const buttons = (order: PurchaseOrder) => (
    <Box sx={{ display: "flex", gap: 0.5, justifyContent: "flex-end", my: -0.5 }}>
      {changesOf(order).map((change) => (
        <Button key={change} variant="text" onClick={() => setAsked({ order, change })} sx={{ whiteSpace: "nowrap", minHeight: 28, px: 1 }}>
          {t(`orders.${change}`)}
        </Button>
      ))}
    </Box>
  );
  const columns: Column<PurchaseOrder>[] = [
    { key: "number", header: t("orders.number"), cell: (order) => <Box component="span" sx={{ fontWeight: 600, whiteSpace: "nowrap" }}>{order.number}</Box> },
    { key: "status", header: t("orders.status"), cell: (order) => <OrderTag status={order.status} /> },
    { key: "quantity", header: t("orders.quantity"), align: "right", cell: pieces },
    { key: "to", header: t("orders.to"), from: "md", cell: (order) => order.location.name },
    { key: "total", header: t("orders.total"), align: "right", from: "lg", cell: (order) => formats.money(order.total, currency) },
    { key: "when", header: t("orders.expected"), cell: (order) => <When order={order} /> },
    ...(manage ? [{ key: "actions", header: t("orders.actions"), align: "right" as const, cell: buttons }] : []),
  ];
  return (
    <Card title={t("orders.title")} flush>
      <DataTable
        label={t("orders.title")}
        columns={columns}
        rows={all ? orders : orders.slice(0, first)}
        rowKey={(order) => String(order.id)}
        empty={
          <EmptyState icon={Truck} title={t("orders.emptyTitle")} compact>
            {t("orders.emptyDetail")}
          </EmptyState>
        }
        card={(order) => (
          <>
              <Box sx={{ display: "flex", gap: 1, alignItems: "center" }}>
                <Box sx={{ flex: 1, fontWeight: 600 }}>{order.number}</Box>
                <OrderTag status={order.status} />
              </Box>
              <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 1.5, fontSize: 13, color: "text.secondary", mt: 0.5 }}>
                <span>{t("orders.pieces", { number: pieces(order) })}</span>
                <span>{order.supplier.name}</span>
                <When order={order} />
              </Box>
              {manage ? buttons(order) : null}
            </>
        )}
      />
      {orders.length > first && !all ? (
        <Box sx={{ p: 1, textAlign: "center" }}>
          <Button variant="text" onClick={() => setAll(true)}>
            {t("words:action.seeAll")}
          </Button>
        </Box>
      ) : null}
      {asked ? <ConfirmChange {...asked} onClose={() => setAsked(null)} /> : null}
    </Card>
  );
}
