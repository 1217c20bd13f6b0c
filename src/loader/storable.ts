/** The replacement character, for what PostgreSQL cannot hold. */
const REPLACEMENT = "\ufffd";

/** Larger shapes tell nobody more. */
const LONGEST_JSON = 64 * 1024;

/** A text as PostgreSQL can store it: no NUL, no lone surrogates. */
export function toStorableText(text: string): string {
  return text.replaceAll("\0", REPLACEMENT).toWellFormed();
}

/**
 * A value as JSON that jsonb takes: it refuses \u0000 and lone surrogates, which JSON.stringify writes as escapes, and
 * what is nested thousands of levels deep. What cannot be stored becomes null: a reject is recorded without its shape
 * rather than not at all. https://www.postgresql.org/docs/current/datatype-json.html
 */
export function toJsonbText(value: unknown): string | null {
  try {
    const json = JSON.stringify(value) ?? "null";
    if (json.length > LONGEST_JSON || depthOf(json) > 1_000) return null;
    return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (sequence, body: string) =>
      body.length > 1 ? REPLACEMENT : sequence,
    );
  } catch {
    return null;
  }
}

/** Milliseconds since the epoch as a timestamp; null for what no message can have. */
export function toTimestamp(epochMs: number): string | null {
  return epochMs >= 0 && epochMs < 253_402_300_800_000 ? new Date(epochMs).toISOString() : null;
}

/** How deep brackets are nested, those in strings left out. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of json.replace(/"(?:\\.|[^"\\])*"/g, "").matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
