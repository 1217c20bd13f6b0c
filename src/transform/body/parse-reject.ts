import type { Reject } from "../../reject.js";

/** A reject of a body, or of the record at `field` in it. */
export function parseReject(
  code: string,
  reason: string,
  field: string | null = null,
): { readonly reject: Reject } {
  return { reject: { stage: "parse", code, field, reason } };
}
