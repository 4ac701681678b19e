// A moment as the shop's clock sees it: "3 days ago", with the exact one on hover.
import Tooltip from "@mui/material/Tooltip";
import { useFormats } from "@/format/useFormats";
import { useClockText } from "@/live/clock";

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
