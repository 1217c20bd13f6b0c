export type MaskName = "hmac-sha256" | "sha256" | "redact" | "partial" | "null";

/** How a field is masked: the strategy's name and its settings. */
export interface MaskSpec {
  readonly strategy: MaskName;
  /** Separates the outputs of keyed strategies from each other; a pipeline sets it to the column's `from`. */
  readonly domain: string;
  /** `partial` only: how many characters at the end stay readable. */
  readonly keepLast?: number;
  /** `redact` only: what stands in for every value. */
  readonly replacement?: string;
}
