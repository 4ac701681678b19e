// A row of small bars: how much happened each day. Decoration beside its number, which says the same in words.
import { useTheme } from "@mui/material/styles";

/** Places for bars: a few days alone would look like much. */
const fewest = 14;

export function Sparkline({ values, height = 40, colour }: { values: readonly number[]; height?: number; colour?: string }) {
  const { tokens } = useTheme();
  const most = Math.max(1, ...values);
  const places = Math.max(fewest, values.length);
  const step = 100 / places;
  const first = places - values.length;
  return (
    <svg width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden>
      {values.map((value, index) => {
        const tall = Math.max(1, (value / most) * height);
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place in the row
            key={index}
            x={(first + index) * step + step * 0.15}
            y={height - tall}
            width={step * 0.7}
            height={tall}
            fill={value === 0 ? tokens.border : (colour ?? tokens.accent)}
          />
        );
      })}
    </svg>
  );
}
