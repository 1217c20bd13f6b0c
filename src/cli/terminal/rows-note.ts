import type { RunReport } from "../../drain/report.js";
import { formatCount } from "./format.js";

/** What the loaded messages came to in rows; undefined where each is a row. */
export function rowsNote({
  loaded,
  rows,
  superseded,
}: Pick<RunReport, "loaded" | "rows" | "superseded">): string | undefined {
  if (rows === loaded && superseded === 0) return undefined;
  const written = `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`;
  return superseded === 0
    ? written
    : `${written}; ${formatCount(superseded)} more gave way to rows with the same key`;
}
