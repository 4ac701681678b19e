// The settings of replenishment as fields of a form: unit, allowed range, and the way to and from what is stored.
import { z } from "zod";
import type { Replenishment } from "@/api/types";
import { readNumber } from "@/forms/numbers";

export type NumberName = Exclude<keyof Replenishment, "baseline" | "review_weekday">;
type Unit = "percent" | "share" | "money" | "days" | "lines";

export interface NumberField {
  unit: Unit;
  /** As people type it: a share of .7 is typed as 70 %. */
  least: number;
  most: number;
  /** The least value itself is not allowed. */
  above?: boolean;
  whole?: boolean;
}

const huge = 1e12;

export const numberFields: Record<NumberName, NumberField> = {
  holding_cost_pct_week: { unit: "percent", least: 0, most: 50 },
  order_cost: { unit: "money", least: 0, most: huge },
  salvage_share: { unit: "share", least: 0, most: 100 },
  review_days: { unit: "days", least: 1, most: 28, whole: true },
  budget_per_review: { unit: "money", least: 0, most: huge, above: true },
  ask_above: { unit: "money", least: 0, most: huge, above: true },
  largest_cover_days: { unit: "days", least: 0, most: 3650, above: true },
  orders_per_review: { unit: "lines", least: 1, most: 1_000_000, whole: true },
  largest_mean_loss: { unit: "money", least: 0, most: huge, above: true },
  holdout_share: { unit: "share", least: 0, most: 100 },
};

export const groups = {
  costs: ["holding_cost_pct_week", "order_cost", "salvage_share"],
  limits: ["ask_above", "budget_per_review", "largest_cover_days", "orders_per_review", "largest_mean_loss"],
  measure: ["holdout_share"],
} as const satisfies Record<string, readonly NumberName[]>;

export const baselines: readonly Replenishment["baseline"][] = ["reorder_point", "deliveries_times_factor"];

export const names = Object.keys(numberFields) as NumberName[];

export type ReplenishmentForm = Record<NumberName | "review_weekday", string> & { baseline: Replenishment["baseline"] };

const tidy = (value: number) => String(Number(value.toFixed(6)));

export function toForm(settings: Replenishment): ReplenishmentForm {
  const numbers = names.map((name) => [name, tidy(numberFields[name].unit === "share" ? settings[name] * 100 : settings[name])]);
  return {
    ...(Object.fromEntries(numbers) as Record<NumberName, string>),
    review_weekday: String(settings.review_weekday),
    baseline: settings.baseline,
  };
}

/** What changed, as the server takes it. */
export function changesOf(form: ReplenishmentForm, settings: Replenishment): Partial<Replenishment> {
  const before = toForm(settings);
  const changed = names.filter((name) => readNumber(form[name]) !== readNumber(before[name]));
  const numbers = changed.map((name) => {
    const typed = readNumber(form[name]);
    return [name, numberFields[name].unit === "share" ? Number((typed / 100).toFixed(8)) : typed];
  });
  return {
    ...(Object.fromEntries(numbers) as Partial<Replenishment>),
    ...(form.review_weekday === before.review_weekday ? {} : { review_weekday: Number(form.review_weekday) }),
    ...(form.baseline === before.baseline ? {} : { baseline: form.baseline }),
  };
}

export interface FieldWords {
  number: string;
  whole: string;
  between: (least: number, most: number) => string;
  least: (least: number) => string;
  above: (least: number) => string;
}

function rangeWords({ least, most, above }: NumberField, words: FieldWords): string {
  if (above) return words.above(least);
  return most >= 1_000_000 ? words.least(least) : words.between(least, most);
}

export function replenishmentSchema(words: FieldWords) {
  const field = (rule: NumberField) =>
    z.string().superRefine((text, context) => {
      const value = readNumber(text);
      const fits = value <= rule.most && (rule.above ? value > rule.least : value >= rule.least);
      const message = Number.isNaN(value)
        ? words.number
        : rule.whole && !Number.isInteger(value)
          ? words.whole
          : fits
            ? null
            : rangeWords(rule, words);
      if (message) context.addIssue({ code: "custom", message });
    });
  const shape = Object.fromEntries(names.map((name) => [name, field(numberFields[name])])) as Record<NumberName, z.ZodString>;
  return z.object({ ...shape, review_weekday: z.string(), baseline: z.enum(["reorder_point", "deliveries_times_factor"]) });
}
