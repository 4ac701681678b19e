// Reads numbers as people type them: spaces and thousands separators are allowed, anything else is no number.
export function readNumber(text: string): number {
  const plain = text.replace(/[\s,\u00a0]/g, "").replace("−", "-");
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN;
}

/** A number as it stands in a field. */
export const writeNumber = (value: number): string => String(value);
