// A moment as a clock sees it, the shop's or the wall's: "3 days ago", with the exact one on hover.
import Tooltip from "@mui/material/Tooltip";
import { useFormats } from "@/format/useFormats";
import { useClockText } from "@/live/clock";
import { useWallText } from "@/live/wall";

export function RelativeTime({ at }: { at: string }) {
  const formats = useFormats();
  const text = useClockText((now) => formats.relative(at, now));
  return (
    <Tooltip title={formats.moment(at)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {text}
      </time>
    </Tooltip>
  );
}

/** By the wall's clock, to the second: for what machines do. */
export function WallTime({ at }: { at: string }) {
  const formats = useFormats();
  const text = useWallText((now) => formats.ago(at, now));
  return (
    <Tooltip title={formats.exact(at)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {text}
      </time>
    </Tooltip>
  );
}
