import type { Speed } from "./cache.js";
import type { Keyring } from "./keyring.js";
import type { MaskName, MaskSetting, MaskSpec } from "./spec.js";

/**
 * Masks one value. It never sees a missing one: NULL stays NULL. Throws `MaskError` for a value that it cannot mask,
 * such as `not_an_ip`; the message holds nothing of the value.
 */
export type Mask = (value: string) => string | null;

/**
 * Gives the value back that a mask was given. Throws (or rejects with) `MaskError` `not_masked` for what this mask has
 * not made, `key_not_held` when its key is not there (it names the id), `tampered` for what was changed since.
 */
export type Unmask = (masked: string) => string | Promise<string>;

/** What a strategy can do, and how to make its mask; one literal object each. */
export interface MaskStrategy {
  readonly name: MaskName;
  /** What it masks with: a masking key, or the public half of a key pair. */
  readonly key: "none" | "mask-key" | "public-key";
  /** Equal values give equal outputs, so the output can take part in conflict keys. */
  readonly deterministic: boolean;
  /** Equal outputs mean equal values, and the other way round: rows can be joined by them. */
  readonly joinable: boolean;
  /** Who can get a value back. `vault`: who has the key and the vault table. */
  readonly reversibleBy: "nobody" | "key" | "private-key" | "vault";
  /** How fast it masks. Default: `slow`. */
  readonly speed?: Speed;
  /** The output names the key that it was made with, so that keys can be changed one row at a time. */
  readonly namesKey: boolean;
  /** What an output is: any text, or an IP address, which an `inet` column takes too. */
  readonly output: "text" | "ip";
  /** What a spec may hold besides its strategy and domain. */
  readonly settings: readonly MaskSetting[];
  /** The most characters (code points, as varchar counts them) of an output; undefined: it depends on the value. */
  outputLength(spec: MaskSpec): number | undefined;
  /** Throws UsageError `key_missing` without a key that it needs, `mask_invalid` for settings that make no sense. */
  create(spec: MaskSpec, keys: Keyring): Mask;
  /** Absent where no value can be got back from an output alone. Throws UsageError as `create` does. */
  createUnmask?(spec: MaskSpec, keys: Keyring): Unmask;
}
