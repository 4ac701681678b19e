// The overview before its data: the same places at their final size, so that nothing jumps.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";

const blocks: readonly [number, string][] = [
  [150, "1 / -1"],
  [396, "span 8"],
  [396, "span 4"],
  [560, "span 8"],
  [560, "span 4"],
];

export function OverviewSkeleton() {
  return (
    <Box aria-busy sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(12, minmax(0, 1fr))" } }}>
      {blocks.map(([height, gridColumn]) => (
        <Skeleton key={`${height} ${gridColumn}`} variant="rounded" sx={{ height, gridColumn: { lg: gridColumn } }} />
      ))}
    </Box>
  );
}
