// A correction of stock as a form: which way, how many pieces, and why.
import { z } from "zod";
import { readNumber } from "@/forms/numbers";

const mostPieces = 1_000_000;

export interface AdjustmentWords {
  pieces: string;
  most: string;
  below: (onHand: number) => string;
  reason: string;
}

export function adjustmentSchema(onHand: number, words: AdjustmentWords) {
  return z
    .object({
      direction: z.enum(["add", "take"]),
      pieces: z
        .string()
        .refine((text) => Number.isInteger(readNumber(text)) && readNumber(text) >= 1, words.pieces)
        .refine((text) => !(readNumber(text) > mostPieces), words.most),
      reason: z.string().trim().min(1, words.reason).max(120, words.reason),
    })
    .refine(({ direction, pieces }) => direction === "add" || !(readNumber(pieces) > onHand), {
      path: ["pieces"],
      message: words.below(onHand),
    });
}

export type Adjustment = z.infer<ReturnType<typeof adjustmentSchema>>;

/** The signed number of pieces; 0 while the field holds no number. */
export function signedPieces({ direction, pieces }: Pick<Adjustment, "direction" | "pieces">): number {
  const number = readNumber(pieces);
  if (!Number.isFinite(number)) return 0;
  return direction === "add" ? number : -number;
}
