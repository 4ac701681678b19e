// The shop: what it is called, in which currency it counts, and which language it speaks by itself.
import { zodResolver } from "@hookform/resolvers/zod";
import MenuItem from "@mui/material/MenuItem";
import { useEffect, useMemo } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useChangeSettingsMutation } from "@/api/settings";
import type { ShopSettings } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { useToast } from "@/components/Toasts";
import { useLanguage } from "@/format/useFormats";
import { FormField } from "@/forms/FormField";
import { useRefusals } from "@/forms/useRefusals";
import { FormSection, Group } from "./Section";

const usual = ["KRW", "GBP", "EUR", "USD", "JPY", "CNY", "AUD", "CAD", "CHF", "SEK", "SGD", "TWD"];

export const shopSchema = (wrongName: string) =>
  z.object({ name: z.string().trim().min(1, wrongName).max(200, wrongName), currency: z.string(), language: z.enum(["ko", "en"]) });

export function ShopSection({ settings }: { settings: ShopSettings }) {
  const { t } = useTranslation(["settings", "shell"]);
  const language = useLanguage();
  const readOnly = !mayManage(usePerson());
  const say = useToast();
  const [save, { isLoading }] = useChangeSettingsMutation();
  const schema = useMemo(() => shopSchema(t("shop.nameWrong")), [t]);
  const { shop } = settings;
  const { control, handleSubmit, setError, reset, formState } = useForm({ resolver: zodResolver(schema), defaultValues: shop });
  const refuse = useRefusals(setError, ["name", "currency", "language"]);
  const { isDirty } = formState;
  useEffect(() => {
    if (!isDirty) reset(shop);
  }, [shop, isDirty, reset]);
  const currencies = useMemo(() => {
    const name = new Intl.DisplayNames([language], { type: "currency" });
    return [...new Set([shop.currency, ...usual])].map((code) => ({ code, name: `${code} · ${name.of(code) ?? code}` }));
  }, [language, shop.currency]);

  const submit = handleSubmit(async (values) => {
    try {
      const saved = await save({ shop: { ...values, name: values.name.trim() } }).unwrap();
      reset(saved.shop);
      say(t("saved"));
    } catch (problem) {
      refuse(problem);
    }
  });

  return (
    <FormSection title={t("part.shop")} dirty={isDirty} busy={isLoading} readOnly={readOnly} onSubmit={(event) => void submit(event)} onDiscard={() => reset(shop)}>
      <Group title={t("shop.title")} detail={t("shop.detail")}>
        <FormField control={control} name="name" label={t("shop.name")} disabled={readOnly} />
        <FormField control={control} name="currency" label={t("shop.currency")} hint={t("shop.currencyHint")} select disabled={readOnly}>
          {currencies.map(({ code, name }) => (
            <MenuItem key={code} value={code}>
              {name}
            </MenuItem>
          ))}
        </FormField>
        <FormField control={control} name="language" label={t("shop.language")} hint={t("shop.languageHint")} select disabled={readOnly}>
          {(["ko", "en"] as const).map((one) => (
            <MenuItem key={one} value={one} lang={one}>
              {t(`shell:language.${one}`)}
            </MenuItem>
          ))}
        </FormField>
      </Group>
    </FormSection>
  );
}
