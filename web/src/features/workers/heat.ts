// The load of workers as a picture of few shapes: every cell of one shade is one path, however many workers there are.
import type { Heat } from "@/api/machine";

export const shades = 5;
export const cell = { width: 10, height: 22, gap: 1 };

/** 0 for idle, else 1 to `shades`: which shade a share of busy time takes. */
export const shadeOf = (busy: number): number => (busy <= 0.005 ? 0 : Math.min(shades, Math.floor(busy * shades) + 1));

/** The mean of what was recorded; 0 where nothing was. */
export function meanOf(shares: readonly (number | null)[]): number {
  const recorded = shares.filter((share) => share !== null);
  return recorded.length ? recorded.reduce((sum, share) => sum + share, 0) / recorded.length : 0;
}

/** One SVG path for each shade, in units of cells laid out minute by minute, worker below worker; what was not recorded stays blank. */
export function pathsOf(rows: Heat["rows"]): string[] {
  const paths = Array.from({ length: shades + 1 }, () => [] as string[]);
  const [width, height] = [cell.width - cell.gap, cell.height - cell.gap];
  for (const [row, { busy }] of rows.entries())
    for (const [minute, share] of busy.entries())
      if (share !== null)
        paths[shadeOf(share)]?.push(`M${minute * cell.width} ${row * cell.height}h${width}v${height}h${-width}z`);
  return paths.map((parts) => parts.join(""));
}

/** The mean share of busy time over all workers and minutes. */
export function meanBusy(rows: Heat["rows"]): number {
  return meanOf(rows.flatMap(({ busy }) => busy));
}
