// The load of workers as a picture of few shapes: every cell of one shade is one path, however many workers there are.
import type { Heat } from "@/api/machine";

export const shades = 5;
export const cell = { width: 10, height: 22, gap: 1 };

/** 0 for idle, else 1 to `shades`: which shade a share of busy time takes. */
export const shadeOf = (busy: number): number => (busy <= 0.005 ? 0 : Math.min(shades, Math.floor(busy * shades) + 1));

/** One SVG path for each shade, in units of cells laid out minute by minute, worker below worker. */
export function pathsOf(rows: Heat["rows"]): string[] {
  const paths = Array.from({ length: shades + 1 }, () => [] as string[]);
  const [width, height] = [cell.width - cell.gap, cell.height - cell.gap];
  for (const [row, { busy }] of rows.entries())
    for (const [minute, share] of busy.entries())
      paths[shadeOf(share)]?.push(`M${minute * cell.width} ${row * cell.height}h${width}v${height}h${-width}z`);
  return paths.map((parts) => parts.join(""));
}

/** The mean share of busy time over all workers and minutes. */
export function meanBusy(rows: Heat["rows"]): number {
  const all = rows.flatMap(({ busy }) => busy);
  return all.length ? all.reduce((sum, share) => sum + share, 0) / all.length : 0;
}
