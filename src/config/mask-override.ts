import { UsageError } from "../errors.js";
import { isMaskName, MASK_NAMES, type MaskName, type MaskSpec } from "../masking/index.js";
import { suggestion } from "../nearest.js";
import type { ChosenPipelines } from "./choose-pipeline.js";
import { keyMaskProblem } from "./conflict.js";
import { maskMisfit } from "./mask.js";
import type { Column, Pipeline } from "./pipeline.js";
import { quotedFlag } from "./values.js";

/** The same for all pipelines of a run: those without masks stay as they are, if there are others. */
export function withMaskInAll(
  { pipeline, pipelines }: Pick<ChosenPipelines, "pipeline" | "pipelines">,
  name: string,
): Pick<ChosenPipelines, "pipeline" | "pipelines"> {
  const isMasked = ({ columns }: Pipeline): boolean => columns.some(({ mask }) => mask !== undefined);
  if (!pipelines.some(isMasked)) return { pipeline: withMask(pipeline, name), pipelines };
  const masked = new Map(pipelines.map((one) => [one, isMasked(one) ? withMask(one, name) : one]));
  const [first, ...rest] = pipelines;
  const after = (one: Pipeline): Pipeline => masked.get(one) ?? one;
  return { pipeline: after(pipeline), pipelines: [after(first), ...rest.map(after)] };
}

/**
 * Puts the mask `name` in the place of every mask of a pipeline; domains stay, and so do the settings of a column that
 * has this mask already. Throws UsageError for a name that is none, a pipeline without masks, and a column that is too
 * short for the mask, or is part of a key that rows are not told apart by under it.
 */
export function withMask(pipeline: Pipeline, name: string): Pipeline {
  if (!isMaskName(name)) {
    throw new UsageError(
      "mask_unknown",
      `--mask: there is no ${quotedFlag(name)}${suggestion(name, MASK_NAMES)}`,
    );
  }
  if (pipeline.columns.every(({ mask }) => mask === undefined)) {
    throw new UsageError(
      "mask_unused",
      "--mask changes masks, and no column of this pipeline has one: set `mask` on a column of the pipeline",
    );
  }
  const columns = pipeline.columns.map((column) => overridden(column, name));
  for (const column of columns) {
    const problem = pipeline.conflict?.key.includes(column.name) ? keyMaskProblem(column) : undefined;
    if (problem !== undefined) throw new UsageError("mask_unfit_for_key", `--mask: key: ${problem}`);
  }
  return { ...pipeline, columns };
}

function overridden(column: Column, strategy: MaskName): Column {
  if (column.mask === undefined || column.mask.strategy === strategy) return column;
  const mask: MaskSpec = { strategy, domain: column.mask.domain };
  const misfit = maskMisfit(mask, column.type);
  if (misfit !== undefined) throw new UsageError("mask_too_long", `--mask: column ${column.name}: ${misfit}`);
  return { ...column, mask };
}
