// How every chart is drawn: axes, grid and hover box in the theme's colours, without styles in markup (a strict CSP).
import type { Tokens } from "@/theme/palette";

export const family = '"Pretendard Variable", Pretendard, sans-serif';

export interface HoverRow {
  colour?: string;
  label: string;
  value: string;
}

/** The content of the hover box, made of elements so that no style has to be written into markup. */
export function hoverBox(title: string, rows: readonly HoverRow[]): HTMLElement {
  const box = document.createElement("div");
  const head = document.createElement("div");
  head.textContent = title;
  Object.assign(head.style, { fontWeight: "600", marginBottom: "4px" });
  box.append(head);
  for (const { colour, label, value } of rows) {
    const line = document.createElement("div");
    Object.assign(line.style, { display: "flex", gap: "16px", justifyContent: "space-between", alignItems: "center" });
    const name = document.createElement("span");
    name.textContent = label;
    if (colour) Object.assign(name.style, { borderLeft: `8px solid ${colour}`, paddingLeft: "6px", lineHeight: "1" });
    const number = document.createElement("span");
    number.textContent = value;
    Object.assign(number.style, { fontVariantNumeric: "tabular-nums", fontWeight: "600" });
    line.append(name, number);
    box.append(line);
  }
  return box;
}

export const hover = (tokens: Tokens, formatter: (points: { dataIndex: number }[]) => HTMLElement) => ({
  trigger: "axis",
  confine: true,
  formatter,
  padding: [8, 12],
  backgroundColor: tokens.raised,
  borderColor: tokens.border,
  textStyle: { color: tokens.text, fontSize: 12, fontFamily: family },
  axisPointer: { type: "line", lineStyle: { color: tokens.edge, width: 1 } },
});

export const dayAxis = (tokens: Tokens, dates: readonly string[], label: (date: string) => string) => ({
  type: "category",
  data: dates,
  boundaryGap: false,
  axisLine: { lineStyle: { color: tokens.border } },
  axisTick: { show: false },
  axisLabel: { color: tokens.muted, fontSize: 12, fontFamily: family, formatter: label, hideOverlap: true, margin: 12 },
});

export const valueAxis = (tokens: Tokens, label: (value: number) => string, name = "") => ({
  type: "value",
  name,
  nameTextStyle: { color: tokens.muted, fontSize: 12, fontFamily: family, align: "left" },
  splitNumber: 4,
  axisLabel: { color: tokens.muted, fontSize: 12, fontFamily: family, formatter: label },
  splitLine: { lineStyle: { color: tokens.border, width: 1 } },
});
