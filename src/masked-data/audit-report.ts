import type { MaskName } from "../masking/index.js";
import type { ValueKind } from "./audit-kinds.js";
import type { PersonalData } from "./audit-names.js";

/**
 * - `exposed`: values are stored that the mask has not made
 * - `guessable`: whoever has the table finds the values by trying all of them
 * - `narrowed`: part of each value is shown, by design
 * - `ok`: nobody gets at the values without a key
 */
export type Verdict = "exposed" | "guessable" | "narrowed" | "ok";

/** Who gets a value back from what is stored, for certain. */
export type ReversibleBy = "nobody" | "key_holder" | "private_key_holder" | "key_holder_with_vault";

/** What can be told from the stored values without a key. */
export type Shown =
  | "equality"
  | "length"
  | "ending"
  | "format"
  | "network"
  | "common_networks"
  | "rows_of_a_run";

/** Values that could be tried, and what that takes. */
export interface AuditedCandidates {
  /** `ipv4-network`: the addresses of one network, of which the mask keeps the rest. */
  readonly kind: ValueKind | "ipv4-network";
  /** Null: they cannot be counted. */
  readonly count: number | null;
  /** Measured with this mask on one core of this machine; null where nothing has to be tried, or cannot be. */
  readonly per_second: number | null;
  /** For all of them, on one core. */
  readonly seconds: number | null;
  /** The column's name does not tell what its values are. */
  readonly is_example: boolean;
}

export interface AuditedKey {
  readonly key_id: string;
  /** What opens its values is among the keys at hand: the key, or for `sealed` the private key. */
  readonly held: boolean;
  /** A drain masks with it now. */
  readonly is_current: boolean;
  /** Stored under it; null where values do not name their key, or nothing was counted. */
  readonly values: number | null;
  /** ISO 8601, UTC; null where the database has not noted it. */
  readonly first_used_at: string | null;
  readonly last_used_at: string | null;
}

export interface StoredValues {
  /** Without NULLs. */
  readonly values: number;
  /** Of these, how many do not look like what the mask makes: raw ones from before, or another mask's. */
  readonly other_form: number;
  /** What would look the same and so is not among them; null: nothing would. */
  readonly looks_like: "raw_values" | "sha256" | null;
}

export interface AuditedColumn {
  readonly column: string;
  readonly from: string;
  readonly strategy: MaskName;
  readonly domain: string;
  /** The column of a randomised mask that this one is joined by in place of. */
  readonly companion_of: string | null;
  readonly verdict: Verdict;
  readonly reversible_by: ReversibleBy;
  /** Who can try candidates and see which one it was; null: nobody has to, or nobody can. */
  readonly guessable_by: "anyone" | "key_holder" | null;
  readonly candidates: readonly AuditedCandidates[];
  /** Equal values are equal here, and in every column with the same domain, strategy and key (`sha256`: everywhere). */
  readonly joinable: boolean;
  /** The companion to join by in its place. */
  readonly joined_by: string | null;
  readonly shows: readonly Shown[];
  /** What is kept of each value; null: nothing. */
  readonly kept:
    | { readonly last_characters: number }
    | { readonly ipv4_bits: number; readonly ipv6_bits: number }
    | null;
  readonly keys: readonly AuditedKey[];
  /** Null: the table was not looked at. */
  readonly stored: StoredValues | null;
}

/** A column that is loaded as it is though its name looks like personal data. */
export interface UnmaskedColumn {
  readonly column: string;
  readonly from: string;
  readonly looks_like: PersonalData;
}

/** What `audit` found; its field names are the JSON's. */
export interface AuditReport {
  readonly table: string;
  /** `host:port/database`; null: there was none, so only the pipeline was looked at. */
  readonly database: string | null;
  /** How many were looked at. */
  readonly rows: number | null;
  /** False: all rows of the table. */
  readonly is_sample: boolean;
  /** Of this machine: times are for one of them. */
  readonly cores: number;
  /** Columns that are `exposed` or `guessable`. */
  readonly at_risk: readonly string[];
  /** Those with a mask, in the order of the pipeline. */
  readonly columns: readonly AuditedColumn[];
  readonly unmasked: readonly UnmaskedColumn[];
}
