// Numbers, money and dates as the reader's language writes them; units always, won without decimals.
import type { Language } from "@/api/types";

const locales: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };
const day = 86_400_000;
const minus = (text: string) => text.replace("-", "−");

export interface Interval {
  mean: number;
  low: number;
  high: number;
  unit: string;
}

const between: Record<Language, string> = { ko: "~", en: "to" };
const compact: Intl.NumberFormatOptions = { notation: "compact", maximumSignificantDigits: 3 };

type Steps = [Intl.RelativeTimeFormatUnit, number][];
const steps: Steps = [
  ["year", 365 * day],
  ["month", 30 * day],
  ["week", 7 * day],
  ["day", day],
  ["hour", day / 24],
  ["minute", 60_000],
];

function moneyDigits(value: number, unit: string): Intl.NumberFormatOptions {
  const whole = unit === "KRW" || unit === "JPY" || Math.abs(value) >= 100 || Number.isInteger(value);
  return whole
    ? { minimumFractionDigits: 0, maximumFractionDigits: 0 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
}

function makeFormats(language: Language) {
  const locale = locales[language];
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  const shortDay = date({ month: "short", day: "numeric" });
  const longDay = date({ dateStyle: "medium" });
  const moment = date({ dateStyle: "medium", timeStyle: "short" });
  const clockDay = date({ year: "numeric", month: "short", day: "numeric", weekday: "short" });
  const clockHour = date({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const number = (value: number, options?: Intl.NumberFormatOptions) =>
    minus(new Intl.NumberFormat(locale, options ?? { maximumFractionDigits: 1 }).format(value));
  const currency = (value: number, unit: string, options: Intl.NumberFormatOptions) =>
    number(value, { style: "currency", currency: unit, currencyDisplay: "narrowSymbol", ...options });
  const money = (value: number, unit: string) => currency(value, unit, moneyDigits(value, unit));
  return {
    language,
    number,
    money,
    /** Compact from 10,000 on; put the full value beside it on hover. */
    moneyShort: (value: number, unit: string) =>
      Math.abs(value) < 10_000
        ? money(value, unit)
        : currency(value, unit, compact),
    numberShort: (value: number) =>
      Math.abs(value) < 10_000 ? number(value) : number(value, compact),
    /** Always with its sign. */
    gain: (value: number, unit: string) =>
      currency(value, unit, {
        ...(Math.abs(value) < 10_000 ? moneyDigits(value, unit) : compact),
        signDisplay: "exceptZero",
      }),
    gainFull: (value: number, unit: string) =>
      currency(value, unit, { ...moneyDigits(value, unit), signDisplay: "exceptZero" }),
    range: ({ low, high, unit }: Omit<Interval, "mean">) => `${money(low, unit)} ${between[language]} ${money(high, unit)}`,
    percent: (share: number, digits = 0) => number(share, { style: "percent", maximumFractionDigits: digits }),
    date: (at: string) => longDay.format(new Date(at)),
    shortDate: (at: string) => shortDay.format(new Date(at)),
    moment: (at: string) => moment.format(new Date(at)),
    /** The shop's clock: the day with its weekday, and the hour where it does not race past. */
    clock: (now: number, withHour: boolean) =>
      withHour ? `${clockDay.format(now)} ${clockHour.format(now)}` : clockDay.format(now),
    relative: (at: string, now: number) => {
      const away = new Date(at).getTime() - now;
      for (const [unit, length] of steps)
        if (Math.abs(away) >= length) return relative.format(Math.trunc(away / length), unit);
      return relative.format(0, "minute");
    },
  };
}

export type Formats = ReturnType<typeof makeFormats>;
const made: Record<Language, Formats> = { ko: makeFormats("ko"), en: makeFormats("en") };

export const formatsFor = (language: Language): Formats => made[language];
