// What a search finds: decisions and products from the server, places and commands from the dashboard itself.
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useListDecisionsQuery } from "@/api/decisions";
import { useListStockQuery } from "@/api/stock";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Languages, ListChecks, type LucideIcon, Package } from "@/components/icons";
import { useWords } from "@/format/useFormats";
import { preferencesChanged } from "@/preferences/preferences";
import { themes } from "./LookMenus";
import { places } from "./places";

export interface Found {
  key: string;
  text: string;
  note?: string;
  icon: LucideIcon;
  run: () => void;
}
export interface FoundGroup {
  name: string;
  items: Found[];
}

const shown = 5;

function useCommands(): Found[] {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const dispatch = useAppDispatch();
  const other = useAppSelector(({ preferences }) => (preferences.language === "ko" ? "en" : "ko"));
  return [
    ...places.map(({ key, path, icon }) => ({
      key: `go-${key}`,
      text: t("search.go", { place: t(`place.${key}`) }),
      icon,
      run: () => void navigate(path),
    })),
    {
      key: "language",
      text: t(`language.${other}`),
      note: t("language.label"),
      icon: Languages,
      run: () => dispatch(preferencesChanged({ language: other })),
    },
    ...themes.map(({ name, icon }) => ({
      key: `theme-${name}`,
      text: t(`theme.${name}`),
      note: t("theme.label"),
      icon,
      run: () => dispatch(preferencesChanged({ theme: name })),
    })),
  ];
}

export function useFound(asked: string): { groups: FoundGroup[]; busy: boolean } {
  const { t } = useTranslation(["shell", "words"]);
  const words = useWords();
  const navigate = useNavigate();
  const commands = useCommands();
  const skip = asked.length < 2;
  const decisions = useListDecisionsQuery({ q: asked, limit: shown }, { skip });
  const products = useListStockQuery({ q: asked, limit: shown * 2 }, { skip });

  const foundDecisions = (skip ? [] : (decisions.data?.items ?? [])).map((decision) => ({
    key: decision.id,
    text: words(decision.summary),
    note: t(`words:status.${decision.status}`),
    icon: ListChecks,
    run: () => void navigate(`/decisions/${decision.id}`),
  }));
  const seen = new Map((skip ? [] : (products.data?.items ?? [])).map((row) => [row.product_id, row]));
  const foundProducts = [...seen.values()].slice(0, shown).map((row) => ({
    key: `product-${row.product_id}`,
    text: words(row.name),
    note: row.sku,
    icon: Package,
    run: () => void navigate(`/stock/${row.product_id}`),
  }));
  const wanted = asked.toLowerCase();
  const foundCommands = commands.filter(({ text, note }) => `${text} ${note ?? ""}`.toLowerCase().includes(wanted));
  const groups = [
    { name: t("shell:search.products"), items: foundProducts },
    { name: t("shell:search.decisions"), items: foundDecisions },
    { name: t("shell:search.commands"), items: foundCommands },
  ].filter(({ items }) => items.length > 0);
  return { groups, busy: decisions.isFetching || products.isFetching };
}
