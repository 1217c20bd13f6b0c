import type { MaskKey } from "./key.js";
import type { MaskName, MaskSpec } from "./spec.js";

/** Masks one value. It never sees a missing one: NULL stays NULL. */
export type Mask = (value: string) => string | null;

/** What a strategy can do, and how to make its mask; one literal object each. */
export interface MaskStrategy {
  readonly name: MaskName;
  /** Needs a key. */
  readonly keyed: boolean;
  /** Equal values give equal outputs, so the output can take part in joins and conflict keys. */
  readonly deterministic: boolean;
  /** The most characters (code points, as varchar counts them) of an output; undefined: it depends on the value. */
  outputLength(spec: MaskSpec): number | undefined;
  /** Throws UsageError `key_missing` without a key that it needs, `mask_invalid` for settings that make no sense. */
  create(spec: MaskSpec, key: MaskKey | undefined): Mask;
}
