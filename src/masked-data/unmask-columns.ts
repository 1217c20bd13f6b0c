import type { Column, Pipeline } from "../config/pipeline.js";
import { quotedFlag } from "../config/values.js";
import { UsageError } from "../errors.js";
import { type MaskSpec, STRATEGIES } from "../masking/index.js";
import { suggestion } from "../nearest.js";

/** A column of the pipeline whose values can be got back. */
export interface ReversibleColumn extends Column {
  readonly mask: MaskSpec;
}

export function isReversible(column: Column): column is ReversibleColumn {
  return column.mask !== undefined && STRATEGIES[column.mask.strategy].reversibleBy !== "nobody";
}

/** Throws UsageError `mask_irreversible` where there is none. */
export function reversibleColumns({ columns }: Pick<Pipeline, "columns">): readonly ReversibleColumn[] {
  const found = columns.filter(isReversible);
  if (found.length > 0) return found;
  const masks = columns.flatMap(({ name, mask }) => (mask === undefined ? [] : [`${name} ${mask.strategy}`]));
  const said = masks.length === 0 ? "no column of it is masked" : masks.join(", ");
  throw new UsageError(
    "mask_irreversible",
    `nothing of this pipeline can be unmasked (${said}): give the pipeline that masked the values by --config, or its mask by --mask`,
  );
}

/**
 * The column that `flag` names. Throws UsageError `column_unknown`, and `mask_irreversible` for one that is not masked,
 * or whose values cannot be got back.
 */
export function reversibleColumn(
  { columns }: Pick<Pipeline, "columns">,
  name: string,
  flag: "--as" | "--column",
): ReversibleColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = columns.map((candidate) => candidate.name);
    const instead = flag === "--column" ? "; say --as COLUMN where it has another name in the CSV" : "";
    throw new UsageError(
      "column_unknown",
      `${flag}: the pipeline has no column ${quotedFlag(name)}${suggestion(name, names)}${instead}`,
    );
  }
  if (isReversible(column)) return column;
  const why =
    column.mask === undefined
      ? "is not masked"
      : `is masked with ${column.mask.strategy}, whose values cannot be got back`;
  throw new UsageError("mask_irreversible", `${flag}: column ${name} ${why}`);
}
