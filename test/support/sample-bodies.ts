import type { Transform } from "../../src/transform/types.js";

/** Bodies that start with it cannot become rows. */
export const REJECTED = "reject";
/** Bodies that start with it become rows that the database refuses. */
export const REFUSED = "refuse";
/** Bodies that start with it become rows that the database refuses at times. */
export const FLAKY = "flaky";
/** Bodies that start with it become rows with a warning. */
export const WARNED = "warn";

/** Whether it may not become a row, or one that the database refuses. */
export function mayBeRejected(body: string): boolean {
  return [REJECTED, REFUSED, FLAKY].some((prefix) => body.startsWith(prefix));
}

/** So many bodies, numbered. */
export function bodies(count: number, prefix = "body"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

/** Makes of such a body what its first word says. */
export const sampleTransform: Transform = ({ body }) => {
  if (body.startsWith(REJECTED)) {
    return { reject: { stage: "transform", code: "missing", field: "user_id", reason: "it is missing" } };
  }
  const warnings = body.startsWith(WARNED)
    ? [{ column: "app_version", code: "not_convertible" } as const]
    : [];
  return { rows: [{ target: 0, values: [body], ...(warnings.length > 0 ? { warnings } : {}) }] };
};
