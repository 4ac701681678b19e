// What keeping, ordering and missing a piece costs, when stock is reviewed, and how far one review may go.
import { zodResolver } from "@hookform/resolvers/zod";
import MenuItem from "@mui/material/MenuItem";
import { useEffect, useMemo } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useChangeSettingsMutation } from "@/api/settings";
import type { ShopSettings } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { useToast } from "@/components/Toasts";
import { useFormats, useLanguage } from "@/format/useFormats";
import { FormField } from "@/forms/FormField";
import { useRefusals } from "@/forms/useRefusals";
import { baselines, changesOf, groups, names, type NumberName, numberFields, replenishmentSchema, toForm } from "./replenishmentFields";
import { FormSection, Group } from "./Section";
import { weekdays } from "./weekdays";

function useSchema() {
  const { t } = useTranslation("settings");
  const formats = useFormats();
  return useMemo(
    () =>
      replenishmentSchema({
        number: t("wrong.number"),
        whole: t("wrong.whole"),
        between: (least, most) => t("wrong.between", { least: formats.number(least), most: formats.number(most) }),
        least: (least) => t("wrong.least", { least: formats.number(least) }),
        above: (least) => t("wrong.above", { least: formats.number(least) }),
      }),
    [t, formats],
  );
}

export function ReplenishmentSection({ settings }: { settings: ShopSettings }) {
  const { t } = useTranslation("settings");
  const language = useLanguage();
  const readOnly = !mayManage(usePerson());
  const say = useToast();
  const [save, { isLoading }] = useChangeSettingsMutation();
  const { replenishment, shop } = settings;
  const values = useMemo(() => toForm(replenishment), [replenishment]);
  const { control, handleSubmit, setError, reset, formState } = useForm({ resolver: zodResolver(useSchema()), defaultValues: values });
  const refuse = useRefusals(setError, [...names, "review_weekday", "baseline"]);
  const { isDirty } = formState;
  useEffect(() => {
    if (!isDirty) reset(values);
  }, [values, isDirty, reset]);

  const submit = handleSubmit(async (form) => {
    const changes = changesOf(form, replenishment);
    if (Object.keys(changes).length === 0) {
      reset(values);
      return;
    }
    try {
      const saved = await save({ replenishment: changes }).unwrap();
      reset(toForm(saved.replenishment));
      say(t("replenishment.saved"));
    } catch (problem) {
      refuse(problem);
    }
  });

  const unit = (name: NumberName) =>
    ({ percent: t("unit.percentWeek"), share: t("unit.percent"), money: shop.currency, days: t("unit.days"), lines: t("unit.lines") })[numberFields[name].unit];
  const number = (name: NumberName) => (
    <FormField key={name} control={control} name={name} label={t(`replenishment.${name}.label`)} hint={t(`replenishment.${name}.hint`)} unit={unit(name)} numeric disabled={readOnly} />
  );
  return (
    <FormSection title={t("part.replenishment")} dirty={isDirty} busy={isLoading} readOnly={readOnly} onSubmit={(event) => void submit(event)} onDiscard={() => reset(values)}>
      <Group title={t("replenishment.costs.title")} detail={t("replenishment.costs.detail")}>
        {groups.costs.map(number)}
      </Group>
      <Group title={t("replenishment.review.title")} detail={t("replenishment.review.detail")}>
        {number("review_days")}
        <FormField control={control} name="review_weekday" label={t("replenishment.review_weekday.label")} hint={t("replenishment.review_weekday.hint")} select disabled={readOnly}>
          {weekdays(language).map((day, index) => (
            <MenuItem key={day} value={String(index)}>
              {day}
            </MenuItem>
          ))}
        </FormField>
      </Group>
      <Group title={t("replenishment.limits.title")} detail={t("replenishment.limits.detail")}>
        {groups.limits.map(number)}
      </Group>
      <Group title={t("replenishment.measure.title")} detail={t("replenishment.measure.detail")}>
        <FormField control={control} name="baseline" label={t("replenishment.baseline.label")} hint={t("replenishment.baseline.hint")} select disabled={readOnly}>
          {baselines.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`replenishment.baseline.${one}`)}
            </MenuItem>
          ))}
        </FormField>
        {groups.measure.map(number)}
      </Group>
    </FormSection>
  );
}
