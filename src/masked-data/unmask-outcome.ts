import { MaskError } from "../masking/index.js";

/** Why a value could not be unmasked: fit to be shown, since it names keys by their ids and holds nothing of a value. */
export interface UnmaskFailure {
  /** Such as `key_not_held`, `tampered`, `not_masked`, `forgotten`. */
  readonly code: string;
  readonly message: string;
}

/** What became of one value. */
export type Unmasked = { readonly value: string } | { readonly failure: UnmaskFailure };

/** Unmasks values, each on its own; one outcome each, in their order. Throws `StoreError` when the vault cannot be read. */
export type UnmaskPage = (masked: readonly string[]) => Promise<readonly Unmasked[]>;

/** A vault entry that is not there. */
export const FORGOTTEN: UnmaskFailure = {
  code: "forgotten",
  message: "it is not in the vault: forgotten, or from another database",
};

/** A token where there is no database to ask. */
export const VAULT_NEEDED: UnmaskFailure = {
  code: "vault_needed",
  message: "it is a token, whose value is in the vault: give the database by --database or DATABASE_URL",
};

export const NOT_A_TOKEN: UnmaskFailure = {
  code: "not_masked",
  message: "it does not have the form of a token, t1....",
};

export const OTHER_DOMAIN: UnmaskFailure = {
  code: "tampered",
  message: "it is a token of another field",
};

/** What a mask has to say about a value; all other errors are not about it, and are thrown on. */
export function failureOf(error: unknown): UnmaskFailure {
  if (!(error instanceof MaskError)) throw error;
  const { code, message } = error;
  return { code, message };
}
