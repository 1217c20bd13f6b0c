import type { ColumnType } from "../../types/column-type.js";
import { typeText } from "../../types/column-type.js";
import type { CatalogType } from "./facts.js";
import { catalogTypeText, pipelineTypeText } from "./pipeline-type.js";
import { typeFit } from "./type-fit.js";

/** What is wrong, to go behind the name of the column. */
export interface Misfit {
  readonly code: string;
  readonly text: string;
}

/** Time zones whose local time is UTC. */
const UTC = /^(?:Etc\/)?(?:UTC|UCT|GMT|GMT[+-]?0|Zulu|Universal|Greenwich)$/i;

/**
 * What is wrong with loading a type of the pipeline into a type of the table; undefined where all values fit. `loaded`:
 * what becomes of it on the way.
 */
export function typeMisfit(
  ours: ColumnType,
  theirs: CatalogType,
  timeZone: string,
  loaded: ColumnType = ours,
): Misfit | undefined {
  const wanted = typeText(ours);
  const is = `is of type ${catalogTypeText(theirs)}`;
  const written = pipelineTypeText(theirs);
  const write = written === undefined ? "" : `write ${written} in the pipeline, or `;
  switch (typeFit(loaded, theirs)) {
    case "fits":
      return undefined;
    case "narrow":
      return {
        code: "column_too_narrow",
        text: `${is}, which does not hold every ${wanted} of the pipeline: ${write}make the column wider`,
      };
    case "changed":
      return {
        code: "column_lossy",
        text: `${is}, which would round or cut some ${wanted} of the pipeline without a word: ${write}change the column`,
      };
    case "zone":
      if (UTC.test(timeZone)) return undefined;
      return {
        code: "time_zone_matters",
        text: `${is}, and the pipeline says ${wanted}: what is stored would depend on the session's time zone, ${timeZone}: ${write}have it be UTC (PGOPTIONS="-c TimeZone=UTC")`,
      };
    case "mismatch":
      return {
        code: "column_type_mismatch",
        text: `${is}, and the pipeline says ${wanted}: ${mismatchRemedy(ours, theirs, written)}`,
      };
  }
}

function mismatchRemedy(ours: ColumnType, theirs: CatalogType, written: string | undefined): string {
  const name = ours.name === "array" ? ours.element.name : ours.name;
  const isTextual = name === "text" || name === "varchar" || name === "char";
  if (theirs.kind === "enum") {
    const cast = `create cast (text as ${theirs.name}) with inout as assignment`;
    return isTextual
      ? `PostgreSQL assigns no text to an enum, so make the column text with a check constraint, or let the database do it: ${cast}`
      : `an enum takes text at the most: change one of them`;
  }
  if (written !== undefined && written !== typeText(ours))
    return `write ${written} in the pipeline, or change the column`;
  return "no type of a pipeline goes into it, so make the column text, or leave it out of the pipeline";
}
