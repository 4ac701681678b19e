// How hard memory presses, in one word with its icon.
import { useTranslation } from "react-i18next";
import type { Pressure } from "@/api/machine";
import { CircleAlert, CircleCheck, type LucideIcon, Siren, TriangleAlert } from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

const looks: Record<Pressure, readonly [Tone, LucideIcon]> = {
  low: ["good", CircleCheck],
  medium: ["warn", TriangleAlert],
  high: ["bad", CircleAlert],
  critical: ["bad", Siren],
};

export function PressureTag({ pressure }: { pressure: Pressure }) {
  const { t } = useTranslation("memory");
  const [tone, icon] = looks[pressure] ?? looks.low;
  return (
    <Tag tone={tone} icon={icon}>
      {t("pressureIs", { pressure: t(`pressure.${pressure}`) })}
    </Tag>
  );
}
