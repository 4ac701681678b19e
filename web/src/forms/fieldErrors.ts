// What the server refused in a form, sorted by field, so that each message stands where it can be mended.
import { isProblem } from "@/api/problem";

export interface Refusals<Field extends string> {
  fields: Partial<Record<Field, string>>;
  /** True when something was refused that belongs to no field of this form. */
  other: boolean;
}

/** The field that a path such as "body.shop.name" ends in, where the form has it. */
function fieldOf<Field extends string>(path: string, known: readonly Field[]): Field | undefined {
  const parts = path.split(".").reverse();
  return known.find((field) => field === parts[0]) ?? known.find((field) => parts.includes(field));
}

/**
 * Sorts a problem by the fields of a form.
 * Messages come as a list of fields, or as one sentence that begins with the field's name; a conflict (409)
 * belongs to the field named for it.
 */
export function refusals<Field extends string>(error: unknown, known: readonly Field[], conflict?: Field): Refusals<Field> {
  if (!isProblem(error)) return { fields: {}, other: true };
  const fields: Partial<Record<Field, string>> = {};
  let other = false;
  for (const { field: path, message } of error.errors) {
    const field = fieldOf(path, known);
    if (field) fields[field] = message;
    else other = true;
  }
  if (error.errors.length > 0) return { fields, other };
  const [, path = "", message = ""] = /^([\w.]+): (.+)$/.exec(error.detail) ?? [];
  const named = error.status === 422 ? fieldOf(path, known) : undefined;
  if (named) return { fields: { [named]: message } as typeof fields, other: false };
  if (error.status === 409 && conflict) return { fields: { [conflict]: error.detail } as typeof fields, other: false };
  return { fields, other: true };
}
