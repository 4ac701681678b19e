// The filter of a list, kept in the address: it can be shared and gone back to.
import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** `names` are the filters the list knows; a change goes back to its first page. */
export function useListFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (name: Name, value: string) =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          next.delete("at");
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: name === "q" },
      ),
    [setSearch],
  );
  const clear = () =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      for (const name of [...names, "at"]) next.delete(name);
      return next;
    });
  const values = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ""])) as Record<Name, string>;
  return { values, filtered: names.some((name) => search.has(name)), change, clear };
}
