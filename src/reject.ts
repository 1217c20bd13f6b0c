export type RejectStage = "parse" | "transform" | "load";

/** Why a message cannot become a row: never with a value of it. */
export interface Reject {
  readonly stage: RejectStage;
  /** Stable snake_case code, such as `missing` or `too_long`; `sqlstate_23514` for what the database refused. */
  readonly code: string;
  /** Path of the field (or the column or constraint, for the load stage); null for the body as a whole. */
  readonly field: string | null;
  /** One sentence in words that are ours. */
  readonly reason: string;
}
