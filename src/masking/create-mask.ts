import { UsageError } from "../errors.js";
import { cached } from "./cache.js";
import type { MaskKey } from "./key.js";
import { type Keyring, keyringOf, NO_KEYS } from "./keyring.js";
import type { MaskSetting, MaskSpec } from "./spec.js";
import { isMaskName, MASK_NAMES, STRATEGIES } from "./strategies/index.js";
import type { Mask, MaskStrategy, Unmask } from "./strategy.js";
import { createTokenizer, type VaultEntry } from "./token.js";

/**
 * The function that masks the values of one field; subkeys are derived here, once. Throws UsageError `key_missing` when
 * the strategy needs a key and there is none, `mask_unknown` and `mask_invalid` for a spec that makes no sense,
 * `mask_needs_vault` for `token`, which is `createTokenizer`'s.
 */
export function createMask(spec: MaskSpec, keys?: MaskKey | Keyring): Mask {
  const strategy = strategyOf(spec);
  const mask = strategy.create(spec, toKeyring(keys));
  // An unkeyed one is done faster than it is looked up.
  return strategy.deterministic && strategy.key !== "none" ? cached(mask, strategy.speed) : mask;
}

/** The same for a column, which may hold tokens: a vault entry is to be stored together with its row. */
export function createColumnMask(
  spec: MaskSpec,
  keys?: MaskKey | Keyring,
): (value: string) => string | null | VaultEntry {
  if (spec.strategy !== "token") return createMask(spec, keys);
  checkSettings(spec, STRATEGIES.token);
  return createTokenizer(spec, toKeyring(keys));
}

/**
 * The way back for the values of one field. Throws UsageError `mask_irreversible` for a strategy without one, and as
 * `createMask` does.
 */
export function createUnmask(spec: MaskSpec, keys?: MaskKey | Keyring): Unmask {
  const { createUnmask: create, name } = strategyOf(spec);
  if (create === undefined) {
    throw new UsageError("mask_irreversible", `what ${name} masks cannot be got back from the masked value`);
  }
  return create(spec, toKeyring(keys));
}

function strategyOf(spec: MaskSpec): MaskStrategy {
  if (!isMaskName(spec.strategy)) {
    throw new UsageError("mask_unknown", `there is no such mask: use one of ${MASK_NAMES.join(", ")}`);
  }
  const strategy = STRATEGIES[spec.strategy];
  checkSettings(spec, strategy);
  return strategy;
}

/** A setting that does nothing was meant to do something. */
function checkSettings(
  { strategy: _name, domain: _domain, ...given }: MaskSpec,
  strategy: MaskStrategy,
): void {
  for (const setting of Object.keys(given)) {
    if (!strategy.settings.includes(setting as MaskSetting)) {
      throw new UsageError("mask_invalid", `the mask ${strategy.name} has no setting ${setting}`);
    }
  }
}

function toKeyring(keys: MaskKey | Keyring | undefined): Keyring {
  if (keys === undefined) return NO_KEYS;
  return "keys" in keys ? keys : keyringOf(keys);
}
