// A field of a form: its label, its unit, what it means, and what is wrong with it.
import InputAdornment from "@mui/material/InputAdornment";
import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { type Control, type FieldPath, type FieldValues, useController } from "react-hook-form";

interface FormFieldProps<Values extends FieldValues> {
  control: Control<Values>;
  name: FieldPath<Values>;
  label: string;
  hint?: string;
  unit?: string;
  /** Shows the number keys on a phone. */
  numeric?: boolean;
}

export function FormField<Values extends FieldValues>({
  control,
  name,
  label,
  hint,
  unit,
  numeric = false,
  slotProps,
  ...rest
}: FormFieldProps<Values> & Omit<TextFieldProps, "name" | "label" | "error" | "helperText">) {
  const { field, fieldState } = useController({ control, name });
  const { ref, ...input } = field;
  const adornment = unit ? <InputAdornment position="end">{unit}</InputAdornment> : undefined;
  return (
    <TextField
      {...rest}
      {...input}
      inputRef={ref}
      label={label}
      error={fieldState.invalid}
      helperText={fieldState.error?.message ?? hint}
      slotProps={{
        ...slotProps,
        input: { endAdornment: adornment },
        htmlInput: { inputMode: numeric ? "decimal" : undefined, autoComplete: "off", ...slotProps?.htmlInput },
      }}
    />
  );
}
