// A row of choices of which one holds: the quick filter above a list.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";

interface ChoiceBarProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; count?: string }[];
  onChange: (value: Value) => void;
}

export function ChoiceBar<Value extends string>({ label, value, options, onChange }: ChoiceBarProps<Value>) {
  return (
    <Box role="group" aria-label={label} sx={{ display: "flex", gap: 0.5, overflowX: "auto", p: "2px", mx: "-2px", scrollbarWidth: "none" }}>
      {options.map((option) => (
        <ButtonBase
          key={option.value}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          sx={(theme) => ({
            height: 32,
            px: 1.5,
            gap: 0.75,
            flexShrink: 0,
            borderRadius: 1,
            fontSize: 14,
            color: "text.secondary",
            border: "1px solid transparent",
            "&:hover": { bgcolor: "action.hover" },
            "&[aria-pressed=true]": {
              bgcolor: "background.paper",
              color: "text.primary",
              fontWeight: 600,
              borderColor: theme.tokens.edge,
            },
          })}
        >
          {option.label}
          {option.count ? (
            <Box component="span" sx={{ color: "text.secondary", fontWeight: 400, fontVariantNumeric: "tabular-nums" }}>
              {option.count}
            </Box>
          ) : null}
        </ButtonBase>
      ))}
    </Box>
  );
}
