// How this browser shows things: language, theme, and the colours of gain and loss.
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import { useTheme } from "@mui/material/styles";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Card } from "@/components/Card";
import { gainColour } from "@/components/Gain";
import { ArrowDownRight, ArrowUpRight } from "@/components/icons";
import { type GainColours, type Preferences, preferencesChanged } from "@/preferences/preferences";
import { languages, themes } from "@/shell/LookMenus";
import { Group } from "./Section";

const colours: readonly GainColours[] = ["language", "red-up", "green-up"];

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode; lang?: string }[];
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <RadioGroup aria-label={label} value={value} onChange={(event) => onChange(event.target.value as Value)} sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>
      {options.map((option) => (
        <FormControlLabel
          key={option.value}
          value={option.value}
          lang={option.lang}
          label={option.label}
          control={<Radio size="small" />}
          sx={({ tokens }) => ({
            m: 0,
            pr: 1.5,
            minHeight: 44,
            border: `1px solid ${option.value === value ? tokens.accent : tokens.border}`,
            background: option.value === value ? tokens.accentSoft : undefined,
            borderRadius: 1,
            "& .MuiFormControlLabel-label": { flex: 1 },
          })}
        />
      ))}
    </RadioGroup>
  );
}

function Sample({ choice, children }: { choice: GainColours; children: ReactNode }) {
  const { tokens } = useTheme();
  const language = useAppSelector((state) => state.preferences.language);
  return (
    <Box component="span" sx={{ display: "flex", alignItems: "center", gap: 0.5 }}>
      <Box component="span" sx={{ flex: 1 }}>
        {children}
      </Box>
      <Box component="span" aria-hidden sx={{ display: "flex", color: gainColour(1, tokens, language, choice) }}>
        <ArrowUpRight size={18} strokeWidth={2.5} />
      </Box>
      <Box component="span" aria-hidden sx={{ display: "flex", color: gainColour(-1, tokens, language, choice) }}>
        <ArrowDownRight size={18} strokeWidth={2.5} />
      </Box>
    </Box>
  );
}

export function LookSection() {
  const { t } = useTranslation(["settings", "shell"]);
  const { language, theme, gainColours } = useAppSelector((state) => state.preferences);
  const dispatch = useAppDispatch();
  const set = (change: Partial<Preferences>) => dispatch(preferencesChanged(change));
  return (
    <Card title={t("part.look")}>
      <Group title={t("shell:language.label")} detail={t("look.detail")}>
        <Choice label={t("shell:language.label")} value={language} options={languages.map((value) => ({ value, label: t(`shell:language.${value}`), lang: value }))} onChange={(value) => set({ language: value })} />
      </Group>
      <Group title={t("shell:theme.label")}>
        <Choice
          label={t("shell:theme.label")}
          value={theme}
          options={themes.map(({ name, icon: Icon }) => ({
            value: name,
            label: (
              <Box component="span" sx={{ display: "flex", alignItems: "center", gap: 1 }}>
                <Icon size={16} aria-hidden />
                {t(`shell:theme.${name}`)}
              </Box>
            ),
          }))}
          onChange={(value) => set({ theme: value })}
        />
      </Group>
      <Group title={t("look.gains.title")} detail={t("look.gains.detail")}>
        <Choice
          label={t("look.gains.title")}
          value={gainColours}
          options={colours.map((value) => ({ value, label: <Sample choice={value}>{t(`look.gains.${value}`)}</Sample> }))}
          onChange={(value) => set({ gainColours: value })}
        />
      </Group>
    </Card>
  );
}
