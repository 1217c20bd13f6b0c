import { inferType } from "./infer-type.js";
import { columnName } from "./names.js";
import { pathText } from "./path-text.js";
import { findPersonal } from "./personal/find.js";
import { type Finding, REMEDIES } from "./personal/kinds.js";
import type { LeftOut, ProposedColumn, ProposedMask } from "./proposal.js";
import type { Field } from "./tree.js";

/** With fewer records nobody knows whether a field is always there. */
const ENOUGH_RECORDS = 20;
/** Of an HMAC in hex. */
const HMAC_TYPE = "varchar(64)";
const REDACTED_TYPE = "varchar(16)";

type Proposed = { readonly column: ProposedColumn } | { readonly leftOut: LeftOut };

/** What is proposed for a field; its name is not yet made unique. */
export function proposeColumn(field: Field, nowMs: number): Proposed {
  const { path, outer = false, total, values } = field;
  const from = pathText(path, outer);
  const nullShare = total === 0 ? 1 : (total - values.length) / total;
  const inferred = inferType(field, nowMs);
  const leaveOut = (reason: string): Proposed => ({
    leftOut: { from, reason, nullShare, looksLike: inferred?.looksLike ?? "nothing but null" },
  });

  if (inferred === undefined) return leaveOut(`null in all ${total} records: nobody knows its type`);
  if (field.hasValueKeys) return leaveOut("its keys look like values, which may be personal data");
  const found = findPersonal(path, values);
  const base = {
    name: columnName(path),
    from,
    required: values.length === total && total >= ENOUGH_RECORDS,
    nullShare,
    looksLike: inferred.looksLike,
  };
  if (found === undefined) {
    const convert = inferred.convert === undefined ? {} : { convert: inferred.convert };
    return { column: { ...base, type: inferred.type, ...convert } };
  }
  const { mask: strategy, hint } = REMEDIES[found.kind];
  if (strategy === undefined) return leaveOut(`${found.reason}; ${hint}`);
  const isText = values.filter((value) => typeof value === "string").length / values.length >= 0.95;
  if (!isText) return leaveOut(`${found.reason}; ${whyNoMask(inferred.type)}`);
  const type = strategy === "redact" ? REDACTED_TYPE : HMAC_TYPE;
  return { column: { ...base, type, mask: maskOf(found, strategy, hint) } };
}

function maskOf({ reason }: Finding, strategy: "hmac-sha256" | "redact", hint: string): ProposedMask {
  return { strategy, reason, hint };
}

function whyNoMask(type: string): string {
  return type === "jsonb"
    ? "lists and objects cannot be masked"
    : "only text can be masked, and this is none";
}
