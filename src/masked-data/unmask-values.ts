import type { Settings } from "../config/resolve.js";
import { unlessStopped } from "../unless-stopped.js";
import { createBareUnmaskPage, namesItself } from "./unmask-bare.js";
import { createUnmaskPage } from "./unmask-column.js";
import { reversibleColumn, reversibleColumns } from "./unmask-columns.js";
import type { Unmasked, UnmaskFailure } from "./unmask-outcome.js";
import { untilStopped } from "./unmask-pages.js";
import type { UnmaskReport } from "./unmask-report.js";
import { type UnmaskOptions, withUnmaskSession } from "./unmask-run.js";

/** A value and what became of it; its field names are the JSON's. */
export interface UnmaskedValue {
  /** As it was given; null for an empty one, which stands for NULL. */
  readonly masked: string | null;
  /** In the clear; null for NULL, and where there is an error. */
  readonly value: string | null;
  readonly error: UnmaskFailure | null;
}

export interface UnmaskValuesOptions extends UnmaskOptions {
  readonly source: "arguments" | "stdin";
  /** Page by page, as they come; an empty one stands for NULL. The vault is asked once a page. */
  readonly pages: AsyncIterable<readonly string[]>;
  /** The pipeline's column that they are from; else each value says its mask, and the right field is found by trying. */
  readonly as?: string | undefined;
  /** Gets every value, in order; it resolves to false when nobody wants more. */
  readonly onPage: (page: readonly UnmaskedValue[]) => Promise<boolean>;
}

/**
 * Unmasks values: each on its own, so that one which cannot be unmasked harms no other. With a database it is written to
 * the unmask log before the first value. What goes wrong before that is thrown (`UsageError`, `DatabaseError`,
 * `InterruptedError`); after that it is in the report.
 */
export async function unmaskValues(settings: Settings, options: UnmaskValuesOptions): Promise<UnmaskReport> {
  const { pipeline } = settings;
  const { as, source, pages, onPage } = options;
  const named = as === undefined ? undefined : reversibleColumn(pipeline, as, "--as");
  const columns = named === undefined ? reversibleColumns(pipeline) : [named];
  return withUnmaskSession(settings, options, async ({ means, stop, run }) => {
    const unmaskPage =
      named === undefined ? createBareUnmaskPage(columns, means) : createUnmaskPage(named.mask, means);
    const tried = named === undefined ? columns.filter(({ mask }) => namesItself(mask)) : columns;
    return run({ source, filter: null }, tried, async (tally) => {
      for await (const page of untilStopped(pages, stop)) {
        const masked = page.filter((value) => value !== "");
        const outcomes = await unmaskPage(masked);
        for (const outcome of outcomes) tally.note(outcome);
        const next = outcomes.values();
        const shown = page.map((value) => (value === "" ? NULL : shownAs(value, next.next().value)));
        if (!(await unlessStopped(onPage(shown), stop))) return "reader";
      }
      return "done";
    });
  });
}

const NULL: UnmaskedValue = { masked: null, value: null, error: null };

function shownAs(masked: string, outcome: Unmasked | undefined): UnmaskedValue {
  if (outcome === undefined) throw new Error("a value has no outcome");
  return "value" in outcome
    ? { masked, value: outcome.value, error: null }
    : { masked, value: null, error: outcome.failure };
}
