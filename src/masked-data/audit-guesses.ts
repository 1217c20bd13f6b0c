import type { Column } from "../config/pipeline.js";
import {
  generateKey,
  keyringOf,
  type MaskName,
  type MaskSpec,
  parseKey,
  STRATEGIES,
} from "../masking/index.js";
import { MASK_DEFAULTS } from "../masking/spec.js";
import { CANDIDATES, EXAMPLE_KINDS, type ValueKind } from "./audit-kinds.js";
import { personalDataOf } from "./audit-names.js";
import { candidatesPerSecond, type Stopwatch } from "./audit-rate.js";
import type { AuditedCandidates } from "./audit-report.js";

/** What could be tried to find the values of a column, and how long that takes here. */
export type Guesses = (column: Column, kind: ValueKind | undefined) => AuditedCandidates[];

/** A hash hides a value only from those who cannot try it. */
const HASHES: readonly MaskName[] = ["sha256", "hmac-sha256"];

/** Measures each hash with each kind of candidates once, when it is first asked for. */
export function createGuesses(stopwatch: Stopwatch): Guesses {
  const measured = new Map<string, number | undefined>();
  const perSecond = (strategy: MaskName, kind: ValueKind): number | undefined => {
    const name = `${strategy} ${kind}`;
    if (!measured.has(name)) measured.set(name, measure(strategy, kind, stopwatch));
    return measured.get(name);
  };
  return ({ name, from, mask }, given) => {
    if (mask?.strategy === "ip-truncate") return [network(mask)];
    if (mask === undefined || !HASHES.includes(mask.strategy)) return [];
    const kind = given ?? kindOf(from.text) ?? kindOf(name);
    return (kind === undefined ? EXAMPLE_KINDS : [kind]).map((candidate): AuditedCandidates => {
      const { count } = CANDIDATES[candidate];
      const rate = perSecond(mask.strategy, candidate);
      return {
        kind: candidate,
        count,
        per_second: rate === undefined ? null : Math.round(rate),
        seconds: rate === undefined || count === null ? null : Number((count / rate).toPrecision(3)),
        is_example: kind === undefined,
      };
    });
  };
}

/** With a key of its own: any takes as long as the one that is in use. */
function measure(strategy: MaskName, kind: ValueKind, stopwatch: Stopwatch): number | undefined {
  const keyring = keyringOf(parseKey(generateKey()));
  const mask = STRATEGIES[strategy].create({ strategy, domain: kind }, keyring);
  return candidatesPerSecond(mask, CANDIDATES[kind], stopwatch);
}

function kindOf(name: string): ValueKind | undefined {
  const data = personalDataOf(name);
  return data !== undefined && isKind(data) ? data : undefined;
}

function isKind(word: string): word is ValueKind {
  return Object.hasOwn(CANDIDATES, word);
}

/** What is left open is counted, and there is nothing to try it with. */
function network({ ipv4Prefix = MASK_DEFAULTS.ipv4Prefix }: MaskSpec): AuditedCandidates {
  return {
    kind: "ipv4-network",
    count: 2 ** (32 - ipv4Prefix),
    per_second: null,
    seconds: null,
    is_example: false,
  };
}
