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

const minute = 60;
const hour = 3600;

/** How a length of time is written: its two largest units, as in "3m 20s". */
function durationParts(seconds: number): [number, "second" | "minute" | "hour" | "day"][] {
  const whole = Math.round(seconds);
  if (whole < minute) return [[seconds < 10 ? Math.round(seconds * 10) / 10 : whole, "second"]];
  if (whole < hour) return [[Math.floor(whole / minute), "minute"], [whole % minute, "second"]];
  const minutes = Math.round(seconds / minute);
  if (minutes < 24 * minute) return [[Math.floor(minutes / 60), "hour"], [minutes % 60, "minute"]];
  const hours = Math.round(seconds / hour);
  return [[Math.floor(hours / 24), "day"], [hours % 24, "hour"]];
}

const sizes = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

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
  const exact = date({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const exactWithYear = date({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const timeOfDay = date({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const clockDay = date({ year: "numeric", month: "short", day: "numeric", weekday: "short" });
  const clockHour = date({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const number = (value: number, options?: Intl.NumberFormatOptions) =>
    minus(new Intl.NumberFormat(locale, options ?? { maximumFractionDigits: 1 }).format(value));
  const currency = (value: number, unit: string, options: Intl.NumberFormatOptions) =>
    number(value, { style: "currency", currency: unit, currencyDisplay: "narrowSymbol", ...options });
  const measure = (value: number, name: string) =>
    number(value, { style: "unit", unit: name, unitDisplay: language === "ko" ? "long" : "narrow", maximumFractionDigits: 1 });
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
    /** To the second, for what machines do. */
    exact: (at: string) => exact.format(new Date(at)),
    timeOfDay: (at: string | number) => timeOfDay.format(new Date(at)),
    /** Two moments as a range; the day is left out where both are of the same one, the year unless they differ in it. */
    between: (low: string, high: string) => {
      const written = low.slice(0, 10) === high.slice(0, 10) ? timeOfDay : low.slice(0, 4) === high.slice(0, 4) ? exact : exactWithYear;
      return [low, high].map((at) => written.format(new Date(at))).join(language === "ko" ? "~" : " – ");
    },
    /** A length of time: "400ms", "3m 20s", "2h 5m"; in Korean "3분 20초". */
    duration: (seconds: number) => {
      if (seconds > 0 && seconds < 0.95) return measure(Math.max(1, Math.round(seconds * 1000)), "millisecond");
      const parts = durationParts(seconds);
      return parts.filter(([value], index) => value > 0 || (index === 0 && parts.length === 1)).map(([value, name]) => measure(value, name)).join(" ");
    },
    /** A size in memory: "1.4 GB", by powers of 1024. */
    bytes: (size: number) => {
      const step = size > 0 ? Math.min(sizes.length - 1, Math.floor(Math.log(size) / Math.log(1024))) : 0;
      return number(size / 1024 ** step, { style: "unit", unit: sizes[step], maximumFractionDigits: step > 2 ? 1 : 0 });
    },
    /** The shop's clock: the day with its weekday, and the hour where it does not race past. */
    clock: (now: number, withHour: boolean) =>
      withHour ? `${clockDay.format(now)} ${clockHour.format(now)}` : clockDay.format(now),
    relative: (at: string, now: number) => {
      const away = new Date(at).getTime() - now;
      for (const [unit, length] of steps)
        if (Math.abs(away) >= length) return relative.format(Math.trunc(away / length), unit);
      return relative.format(0, "minute");
    },
    /** Like `relative`, to the second: for heartbeats. */
    ago: (at: string, now: number) => {
      const away = new Date(at).getTime() - now;
      for (const [unit, length] of [...steps, ["second", 1000] as const])
        if (Math.abs(away) >= length) return relative.format(Math.trunc(away / length), unit);
      return relative.format(0, "second");
    },
  };
}

export type Formats = ReturnType<typeof makeFormats>;
const made: Record<Language, Formats> = { ko: makeFormats("ko"), en: makeFormats("en") };

export const formatsFor = (language: Language): Formats => made[language];
