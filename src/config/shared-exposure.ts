import { mayMeet, placeOf } from "./exposure.js";
import type { Column, InnerPath, Match, Pipeline } from "./pipeline.js";

/**
 * What one pipeline of a queue masks and another one loads in the clear, a line each. Masks hold in their own pipeline
 * only, which is more often forgotten than meant. Pipelines whose `match` shares no record are passed over.
 */
export function exposureNotices(pipelines: readonly Pipeline[]): string[] {
  return pipelines.flatMap((masking) =>
    pipelines
      .filter((other) => other !== masking && !excludeEachOther(masking, other))
      .flatMap((other) => noticesOf(masking, other)),
  );
}

function noticesOf(masking: Pipeline, other: Pipeline): string[] {
  return masking.columns
    .filter(({ mask }) => mask !== undefined)
    .flatMap((masked) => {
      const place = placeOf(masked.from, masking.records);
      const open = other.columns.find((column) =>
        showsIn(column, placeOf(column.from, other.records), place),
      );
      if (open === undefined) return [];
      return [
        `${masked.from.text} is masked in pipeline ${masking.name ?? ""}, and pipeline ${other.name ?? ""} loads it in the clear (column ${open.name}): a mask holds in its own pipeline only`,
      ];
    });
}

/** Whether a column gets something of a place as it is: it reads it, what is around it, or something inside it. */
function showsIn({ mask, without = [] }: Column, own: InnerPath, masked: InnerPath): boolean {
  if (mask !== undefined || !mayMeet(own, masked)) return false;
  return !without.some((inner) => {
    const taken = [...own, ...inner];
    return taken.length <= masked.length && mayMeet(taken, masked);
  });
}

/** Both have a condition on the same place, and no value in common there. */
function excludeEachOther(one: Pipeline, other: Pipeline): boolean {
  return one.match.some((condition) =>
    other.match.some(
      (another) =>
        placeText(condition, one) === placeText(another, other) &&
        condition.values.every((value) => !another.values.includes(value)),
    ),
  );
}

function placeText({ from }: Match, { records }: Pipeline): string {
  return JSON.stringify(placeOf(from, records).map(String));
}
