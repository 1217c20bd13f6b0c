import { UsageError } from "../errors.js";
import { formatCount } from "../format-count.js";
import type { VaultName } from "../loader/forget.js";
import { canonicalIp, createBlindIndexes, envelopeHead, isToken, type Keyring } from "../masking/index.js";

/** Each is looked for in every domain and under every key, all in one statement. */
export const MOST_VALUES = 100_000;

/** What is to be forgotten, each value once. */
export interface ForgetValues {
  readonly raw: readonly string[];
  readonly tokens: readonly string[];
}

/**
 * Tells tokens from raw values; empty ones are passed over. Throws UsageError `values_missing`, `values_too_many`, and
 * `not_forgettable` for a value of a mask that keeps nothing in the vault.
 */
export function sortValues(values: readonly string[]): ForgetValues {
  const raw = new Set<string>();
  const tokens = new Set<string>();
  values.forEach((value, index) => {
    if (value === "") return;
    const head = envelopeHead(value);
    if (head !== undefined) {
      throw new UsageError(
        "not_forgettable",
        `value ${index + 1} has the form ${head.scheme}.<key id>....: it holds what it masks itself, so there is nothing of it in the vault; forget takes raw values and tokens`,
      );
    }
    if (isToken(value)) tokens.add(value);
    else raw.add(canonicalIp(value));
  });
  const count = raw.size + tokens.size;
  if (count === 0) throw new UsageError("values_missing", "there is nothing to forget: no value is given");
  if (count > MOST_VALUES) {
    const most = formatCount(MOST_VALUES);
    throw new UsageError("values_too_many", `forget takes up to ${most} values at once: divide them`);
  }
  return { raw: [...raw], tokens: [...tokens] };
}

/** What the vault may know raw values as: in each domain, under each key. Their places are those in `raw`. */
export function namesOf(
  { raw }: Pick<ForgetValues, "raw">,
  domains: readonly string[],
  { keys }: Keyring,
): VaultName[] {
  return domains.flatMap((domain) => {
    const indexesOf = createBlindIndexes(domain, keys);
    return raw.flatMap((value, place) =>
      indexesOf(value).map((blindIndex): VaultName => ({ place, domain, blindIndex })),
    );
  });
}
