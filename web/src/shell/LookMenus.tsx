// Menus of the look: which language, which theme.
import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Tooltip from "@mui/material/Tooltip";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "@/api/types";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Check, Contrast, Languages, type LucideIcon, Monitor, Moon, Sun } from "@/components/icons";
import { preferencesChanged, type ThemeChoice } from "@/preferences/preferences";

export const languages: readonly Language[] = ["ko", "en"];
export const themes: readonly { name: ThemeChoice; icon: LucideIcon }[] = [
  { name: "system", icon: Monitor },
  { name: "light", icon: Sun },
  { name: "dark", icon: Moon },
  { name: "contrast", icon: Contrast },
];

interface PickProps<Value extends string> {
  label: string;
  icon: LucideIcon;
  value: Value;
  options: readonly { value: Value; text: ReactNode; lang?: string }[];
  onPick: (value: Value) => void;
}

function PickMenu<Value extends string>({ label, icon: Icon, value, options, onPick }: PickProps<Value>) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  return (
    <>
      <Tooltip title={label}>
        <IconButton
          aria-label={label}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          aria-controls={anchor ? id : undefined}
          onClick={(event) => setAnchor(event.currentTarget)}
          sx={{ width: 36, height: 36 }}
        >
          <Icon size={18} strokeWidth={1.75} aria-hidden />
        </IconButton>
      </Tooltip>
      <Menu id={id} anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {options.map((option) => (
          <MenuItem
            key={option.value}
            role="menuitemradio"
            aria-checked={option.value === value}
            selected={option.value === value}
            lang={option.lang}
            onClick={() => {
              onPick(option.value);
              setAnchor(null);
            }}
          >
            <ListItemIcon>{option.value === value ? <Check size={16} aria-hidden /> : null}</ListItemIcon>
            {option.text}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

export function LanguageMenu() {
  const { t } = useTranslation("shell");
  const language = useAppSelector((state) => state.preferences.language);
  const dispatch = useAppDispatch();
  return (
    <PickMenu
      label={t("language.label")}
      icon={Languages}
      value={language}
      options={languages.map((value) => ({ value, text: t(`language.${value}`), lang: value }))}
      onPick={(value) => dispatch(preferencesChanged({ language: value }))}
    />
  );
}

export function ThemeMenu() {
  const { t } = useTranslation("shell");
  const theme = useAppSelector((state) => state.preferences.theme);
  const dispatch = useAppDispatch();
  return (
    <PickMenu
      label={t("theme.label")}
      icon={themes.find(({ name }) => name === theme)?.icon ?? Monitor}
      value={theme}
      options={themes.map(({ name }) => ({ value: name, text: t(`theme.${name}`) }))}
      onPick={(value) => dispatch(preferencesChanged({ theme: value }))}
    />
  );
}
