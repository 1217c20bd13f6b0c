import type { Column } from "../config/pipeline.js";
import { envelopeHead, isToken, type MaskName, type MaskSpec } from "../masking/index.js";
import { createUnmaskPage, type UnmaskMeans } from "./unmask-column.js";
import type { Unmasked, UnmaskFailure, UnmaskPage } from "./unmask-outcome.js";

/** The masks whose values say which mask made them, by what they begin with. */
const STRATEGY_OF = { s1: "aes-siv", g1: "aes-gcm", p1: "sealed", t1: "token" } as const;
type SelfNaming = (typeof STRATEGY_OF)[keyof typeof STRATEGY_OF];

const SELF_NAMING: ReadonlySet<MaskName> = new Set(Object.values(STRATEGY_OF));

const NO_FORM: UnmaskFailure = {
  code: "not_masked",
  message: "it has none of the forms of a masked value: s1., g1., p1. or t1.",
};

/** Where such a mask is in the pipeline, the value may well be one of its. */
const NEEDS_COLUMN: UnmaskFailure = {
  code: "not_masked",
  message: `${NO_FORM.message}; for a value of ff1 or ip-prefix, which has no form of its own, say --as COLUMN`,
};

/** Whether values of this mask prove by themselves that they are its. */
export function namesItself({ strategy }: MaskSpec): boolean {
  return SELF_NAMING.has(strategy);
}

/**
 * Unmasks values that do not come with their column: a value says its mask by its form, and of the fields with that mask
 * the one is right whose key opens it, since every value is authenticated as its field's.
 */
export function createBareUnmaskPage(columns: readonly Column[], means: UnmaskMeans): UnmaskPage {
  const candidates = candidatesOf(columns, means);
  const noForm = columns.some(({ mask }) => mask !== undefined && !namesItself(mask))
    ? NEEDS_COLUMN
    : NO_FORM;
  return async (masked) => {
    const outcomes: Unmasked[] = masked.map(() => ({ failure: noForm }));
    for (const [strategy, places] of placesByStrategy(masked)) {
      const pages = candidates.get(strategy);
      for (const place of pages === undefined ? places : [])
        outcomes[place] = { failure: noColumn(strategy) };
      let left = places;
      for (const page of pages ?? []) {
        const tried = await page(left.map((place) => masked[place] ?? ""));
        left.forEach((place, index) => {
          const outcome = tried[index];
          if (outcome !== undefined) outcomes[place] = outcome;
        });
        left = left.filter((place) => mayBeAnothers(outcomes[place]));
        if (left.length === 0) break;
      }
    }
    return outcomes;
  };
}

/** Only what does not prove genuine: all else is the same in every field. */
function mayBeAnothers(outcome: Unmasked | undefined): boolean {
  return outcome !== undefined && "failure" in outcome && outcome.failure.code === "tampered";
}

function placesByStrategy(masked: readonly string[]): Map<SelfNaming, readonly number[]> {
  const places = new Map<SelfNaming, number[]>();
  masked.forEach((value, place) => {
    const strategy = strategyOf(value);
    if (strategy === undefined) return;
    const known = places.get(strategy);
    if (known === undefined) places.set(strategy, [place]);
    else known.push(place);
  });
  return places;
}

function strategyOf(masked: string): SelfNaming | undefined {
  if (isToken(masked)) return STRATEGY_OF.t1;
  const head = envelopeHead(masked);
  return head === undefined ? undefined : STRATEGY_OF[head.scheme];
}

/** Each mask and domain once: several columns may share them. */
function candidatesOf(columns: readonly Column[], means: UnmaskMeans): Map<MaskName, UnmaskPage[]> {
  const candidates = new Map<MaskName, UnmaskPage[]>();
  const known = new Set<string>();
  for (const { mask } of columns) {
    if (mask === undefined || !namesItself(mask)) continue;
    const name = `${mask.strategy} ${mask.domain}`;
    if (known.has(name)) continue;
    known.add(name);
    candidates.set(mask.strategy, [...(candidates.get(mask.strategy) ?? []), createUnmaskPage(mask, means)]);
  }
  return candidates;
}

function noColumn(strategy: SelfNaming): UnmaskFailure {
  return {
    code: "mask_not_in_pipeline",
    message: `it was masked with ${strategy}, and no column of the pipeline is: give the pipeline that masked it by --config`,
  };
}
