// A limit in words: money in its currency, anything else with its unit.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/format/useFormats";

const units = ["pieces", "actions", "days", "weeks", "%"] as const;
type Unit = (typeof units)[number];
const isUnit = (unit: string): unit is Unit => units.some((known) => known === unit);
const isCurrency = (unit: string) => /^[A-Z]{3}$/.test(unit);

export function useLimitText() {
  const { t } = useTranslation("agents");
  const formats = useFormats();
  const name = (unit: string) => (isUnit(unit) ? t(`unit.${unit}`) : unit);
  const text = (limit: number | null, unit: string): string => {
    if (limit === null) return "–";
    if (isCurrency(unit)) return formats.money(limit, unit);
    return t("unit.of", { number: formats.number(limit, { maximumFractionDigits: 2 }), unit: name(unit) }).trim();
  };
  return Object.assign(text, { unit: name });
}
