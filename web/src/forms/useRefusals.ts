// Shows what the server refused: each message at its field, the rest as a toast.
import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import { useProblemToast } from "@/components/Toasts";
import { refusals } from "./fieldErrors";

export function useRefusals<Values extends FieldValues>(
  setError: UseFormSetError<Values>,
  known: readonly FieldPath<Values>[],
  conflict?: FieldPath<Values>,
): (error: unknown) => void {
  const sayProblem = useProblemToast();
  return (error) => {
    const { fields, other } = refusals(error, known, conflict);
    const refused = known.filter((field) => fields[field] !== undefined);
    for (const [index, field] of refused.entries()) setError(field, { type: "server", message: fields[field] }, { shouldFocus: index === 0 });
    if (other || refused.length === 0) sayProblem(error);
  };
}
