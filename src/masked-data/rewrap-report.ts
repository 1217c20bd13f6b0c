import type { MaskName } from "../masking/index.js";

/** Values that stay under another key, for one reason. */
export interface LeftValues {
  /** `key_not_held`, `tampered`, `not_masked`, `sqlstate_23505`, ... */
  readonly code: string;
  readonly key_id: string;
  readonly count: number;
}

/** What became of one place; in a dry run what would. */
export interface Rewrapped {
  readonly rewrapped: number;
  readonly left: readonly LeftValues[];
}

export interface RewrappedColumn extends Rewrapped {
  readonly column: string;
  readonly strategy: MaskName;
}

export interface RewrappedVault extends Rewrapped {
  readonly domain: string;
}

/** Why the values of a column cannot be brought under another key. */
export interface FixedColumn {
  readonly column: string;
  readonly strategy: MaskName;
  readonly reason: string;
}

/** The end of a rewrap; its field names are the JSON's. */
export interface RewrapReport {
  readonly table: string;
  /** What is rewrapped is under these keys now: the first masking key, and the first public key. */
  readonly key_id: string | null;
  readonly public_key_id: string | null;
  readonly dry_run: boolean;
  readonly stopped_because: "done" | "signal" | "error";
  readonly duration_ms: number;
  readonly columns: readonly RewrappedColumn[];
  readonly vault: readonly RewrappedVault[];
  /** Of the pipeline's queue. */
  readonly rejects: Rewrapped;
  /** Masked columns that stay as they are. */
  readonly not_rewrappable: readonly FixedColumn[];
  /** Keys on the list that nothing in this database needs any more to be read. */
  readonly dispensable_keys: readonly string[];
  readonly error?: { readonly kind: string; readonly code: string; readonly message: string };
}
