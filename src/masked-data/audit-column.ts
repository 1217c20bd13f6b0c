import type { Column, Pipeline } from "../config/pipeline.js";
import type { ColumnEvidence, Evidence } from "../loader/audit-evidence.js";
import { type Keyring, type MaskName, type MaskSpec, STRATEGIES } from "../masking/index.js";
import { MASK_DEFAULTS } from "../masking/spec.js";
import { auditedKeys } from "./audit-keys.js";
import type {
  AuditedCandidates,
  AuditedColumn,
  ReversibleBy,
  Shown,
  StoredValues,
  Verdict,
} from "./audit-report.js";

export interface AuditFacts {
  readonly columns: Pipeline["columns"];
  readonly keys: Keyring;
  /** Undefined: the table was not looked at. */
  readonly evidence: Evidence | undefined;
}

/** What can be told from stored values without a key. */
const SHOWS: Readonly<Record<MaskName, readonly Shown[]>> = {
  "hmac-sha256": ["equality"],
  sha256: ["equality"],
  redact: [],
  partial: ["ending", "length"],
  null: [],
  "aes-siv": ["equality", "length"],
  "aes-gcm": ["length"],
  sealed: ["length", "rows_of_a_run"],
  token: ["equality"],
  "ip-truncate": ["network"],
  "ip-prefix": ["equality", "common_networks"],
  ff1: ["equality", "format"],
};

const REVERSIBLE_BY: Readonly<Record<(typeof STRATEGIES)[MaskName]["reversibleBy"], ReversibleBy>> = {
  nobody: "nobody",
  key: "key_holder",
  "private-key": "private_key_holder",
  vault: "key_holder_with_vault",
};

/** What may stand in a column without being told from what its mask makes. */
const LOOKS_LIKE: Readonly<Partial<Record<MaskName, "raw_values" | "sha256">>> = {
  "hmac-sha256": "sha256",
  "ip-truncate": "raw_values",
  "ip-prefix": "raw_values",
  ff1: "raw_values",
};

/** Bits: an IPv4 network of 256 addresses, and the network of one IPv6 subscriber. */
const LEAST_HIDDEN_IPV4 = 8;
const LEAST_HIDDEN_IPV6 = 64;

/** Judges one column with a mask. */
export function auditColumn(
  column: Column,
  mask: MaskSpec,
  candidates: readonly AuditedCandidates[],
  { columns, keys, evidence }: AuditFacts,
): AuditedColumn {
  const { strategy, domain } = mask;
  const { reversibleBy, joinable } = STRATEGIES[strategy];
  const stored = storedValues(strategy, evidence?.columns.get(column.name));
  return {
    column: column.name,
    from: column.from.text,
    strategy,
    domain,
    companion_of: column.companionOf ?? null,
    verdict: stored !== null && stored.other_form > 0 ? "exposed" : verdictOf(mask),
    reversible_by: REVERSIBLE_BY[reversibleBy],
    guessable_by: guessableBy(mask),
    candidates,
    joinable,
    joined_by: columns.find(({ companionOf }) => companionOf === column.name)?.name ?? null,
    shows: SHOWS[strategy],
    kept: keptOf(mask),
    keys: auditedKeys(column, keys, evidence),
    stored,
  };
}

function verdictOf(mask: MaskSpec): Verdict {
  if (guessableBy(mask) === "anyone") return "guessable";
  const isNarrowed = mask.strategy === "ip-truncate" || (mask.strategy === "partial" && mask.keepLast !== 0);
  return isNarrowed ? "narrowed" : "ok";
}

function guessableBy({
  strategy,
  ipv4Prefix = MASK_DEFAULTS.ipv4Prefix,
  ipv6Prefix = MASK_DEFAULTS.ipv6Prefix,
}: MaskSpec): AuditedColumn["guessable_by"] {
  switch (strategy) {
    case "sha256":
      return "anyone";
    case "ip-truncate":
      // Of one family or the other so little is hidden that the rest is as good as the address.
      return 32 - ipv4Prefix < LEAST_HIDDEN_IPV4 || 128 - ipv6Prefix < LEAST_HIDDEN_IPV6 ? "anyone" : null;
    case "hmac-sha256":
    case "ff1":
      return "key_holder";
    default:
      return null;
  }
}

function keptOf({
  strategy,
  keepLast = MASK_DEFAULTS.keepLast,
  ipv4Prefix = MASK_DEFAULTS.ipv4Prefix,
  ipv6Prefix = MASK_DEFAULTS.ipv6Prefix,
}: MaskSpec): AuditedColumn["kept"] {
  if (strategy === "partial") return { last_characters: keepLast };
  return strategy === "ip-truncate" ? { ipv4_bits: ipv4Prefix, ipv6_bits: ipv6Prefix } : null;
}

function storedValues(strategy: MaskName, found: ColumnEvidence | undefined): StoredValues | null {
  if (found === undefined) return null;
  const { values, otherForm } = found;
  return { values, other_form: otherForm, looks_like: LOOKS_LIKE[strategy] ?? null };
}
