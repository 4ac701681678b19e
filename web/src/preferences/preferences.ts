// Preferences of this browser: language, theme, layout, and which colour a gain has.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { Language } from "@/api/types";

export type ThemeName = "light" | "dark" | "contrast";
export type ThemeChoice = ThemeName | "system";
/** "language" follows the convention of the language: red up in Korean, green up in English. */
export type GainColours = "language" | "red-up" | "green-up";

export interface Preferences {
  language: Language;
  theme: ThemeChoice;
  railCollapsed: boolean;
  gainColours: GainColours;
  /** The tour of the first visit was seen or skipped. */
  tourSeen: boolean;
  /** Filters of the decisions that were kept under a name. */
  views: { name: string; query: string }[];
}

const key = "maestro.preferences";

function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
}

export function loadPreferences(): Preferences {
  const defaults: Preferences = {
    language: browserLanguage(),
    theme: "system",
    railCollapsed: false,
    gainColours: "language",
    tourSeen: false,
    views: [],
  };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(key, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing still shows everything; the choice then lasts until the tab closes.
  }
}

/** True when this browser has already been told which language to use. */
export function languageWasChosen(): boolean {
  try {
    return (localStorage.getItem(key) ?? "").includes('"language"');
  } catch {
    return false;
  }
}

const slice = createSlice({
  name: "preferences",
  initialState: loadPreferences,
  reducers: {
    preferencesChanged(state, action: PayloadAction<Partial<Preferences>>) {
      Object.assign(state, action.payload);
    },
  },
});

export const { preferencesChanged } = slice.actions;
export const preferencesReducer = slice.reducer;
