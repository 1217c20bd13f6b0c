import type { Rewrapped, RewrapReport } from "../../masked-data/rewrap-report.js";
import { countFigure, type Figure, figureLines } from "./figures.js";
import { formatCount, formatDuration, formatMoment, plural } from "./format.js";
import { printable } from "./printable.js";
import { sectionsText } from "./sections.js";
import type { Paint, Style } from "./style.js";
import { textWidth, truncate, wrap } from "./width.js";

interface RewrapSummaryOptions {
  readonly style: Style;
  readonly columns: number;
}

interface Place extends Rewrapped {
  readonly name: string;
}

/** A rewrap's report for people. Ends in a newline. */
export function renderRewrapReport(report: RewrapReport, { style, columns }: RewrapSummaryOptions): string {
  const width = textWidth(columns);
  const sentences = (text: string): string[] => wrap(printable(text), width);
  const places = placesOf(report);
  const { text, paint } = headline(report, places, style);
  const said = report.error === undefined ? [] : sentences(report.error.message).map(style.failure);
  return sectionsText([
    [...sentences(text).map(paint), ...said],
    figureLines([places.map((place) => figure(place, report, style, columns))], style, columns),
    places.flatMap(leftTexts).flatMap(sentences).map(style.attention),
    report.not_rewrappable
      .map(({ column, strategy, reason }) => `${column} (${strategy}) stays as it is: ${reason}.`)
      .flatMap(sentences),
    unfinishedTexts(report).flatMap(sentences).map(style.attention),
    dispensableTexts(report).flatMap(sentences),
  ]);
}

function placesOf({ table, columns, vault, rejects }: RewrapReport): Place[] {
  return [
    ...columns.map(({ column, ...rest }) => ({ ...rest, name: `${table}.${column}` })),
    ...vault.map(({ domain, ...rest }) => ({ ...rest, name: `tokens of ${domain}` })),
    ...(rejects.rewrapped > 0 || rejects.left.length > 0 ? [{ ...rejects, name: "sealed rejects" }] : []),
  ];
}

const FIGURE_INDENT = 2;

function figure(
  { name, rewrapped, left }: Place,
  { dry_run: isDryRun }: RewrapReport,
  style: Style,
  columns: number,
): Figure {
  const count = left.reduce((sum, each) => sum + each.count, 0);
  const note = count > 0 ? `${formatCount(count)} left` : isDryRun ? "would be rewrapped" : "";
  const label = truncate(printable(name), columns - FIGURE_INDENT, style.ellipsis);
  return countFigure(label, rewrapped, style, note === "" ? {} : { note });
}

function headline(
  report: RewrapReport,
  places: readonly Place[],
  style: Style,
): { readonly text: string; readonly paint: Paint } {
  const took = formatDuration(report.duration_ms);
  const count = places.reduce((sum, { rewrapped }) => sum + rewrapped, 0);
  const isLeft = places.some(({ left }) => left.length > 0);
  const ids = [report.key_id, report.public_key_id].filter((id) => id !== null).join(" and ");
  switch (report.stopped_because) {
    case "error":
      return { text: `Failed: rewrapping ${report.table} ended after ${took}`, paint: style.failure };
    case "signal":
      return {
        text: `Interrupted after ${took}: ${plural(count, "value")} rewrapped; run it again for the rest`,
        paint: style.attention,
      };
    default: {
      if (report.dry_run) return { text: "Dry run: nothing was changed", paint: style.strong };
      if (count === 0 && !isLeft)
        return { text: `Nothing to rewrap: all is under ${ids}`, paint: style.success };
      return {
        text: `Rewrapped ${plural(count, "value")} to ${ids} in ${took}`,
        paint: isLeft ? style.attention : style.success,
      };
    }
  }
}

const MOST_NAMED = 3;

const REASONS: Readonly<Record<string, string>> = {
  key_not_held: "their key is not among the keys",
  tampered: "they were changed, or belong to another field",
  sealed_corrupted: "they were changed, or belong to another message",
  not_masked: "they do not have the form of the mask",
  sqlstate_23505: "the same value is there under the new key already, and the column is unique",
  value_has_another_token: "their value has another token by now",
  not_updated: "somebody else holds them, or a trigger keeps them as they are",
};

function leftTexts({ name, left }: Place): string[] {
  return left.map(({ code, key_id: id, count }) => {
    const under = id === null ? "" : ` under ${id}`;
    return `${name}: ${formatCount(count)}${under} left: ${REASONS[code] ?? code}.`;
  });
}

/** Runs that may add to what is under old keys, or were killed. */
function unfinishedTexts({ unfinished_runs: runs }: RewrapReport): string[] {
  if (runs.length === 0) return [];
  const named = runs.slice(0, MOST_NAMED).map(({ run_id: id, key_id: keyId, started_at: at }) => {
    const key = keyId === null ? "" : ` with ${keyId}`;
    return `${id}${key}, since ${formatMoment(new Date(at))}`;
  });
  const others = runs.length > MOST_NAMED ? ` (and ${formatCount(runs.length - MOST_NAMED)} more)` : "";
  return [
    `Not finished, as far as is known: ${named.join("; ")}${others}. What is still under way adds to what is under an old key: let it end, and rewrap again. What was killed counts for 14 days.`,
  ];
}

function dispensableTexts({
  dispensable_keys: ids,
  stopped_because: because,
  dry_run: isDryRun,
}: RewrapReport): string[] {
  if (because !== "done" || isDryRun || ids.length === 0) return [];
  return [
    `Not needed any more in this database: ${ids.join(", ")}. Take the lines off the list when every drain has the new one first, and keep them as long as backups are to be read.`,
  ];
}
