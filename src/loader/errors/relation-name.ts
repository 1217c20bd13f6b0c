/** Where PostgreSQL itself finds a relation to be there already; a `raise` or a foreign server is elsewhere. */
const SOURCES: ReadonlySet<unknown> = new Set(["heap.c", "index.c", "tablecmds.c"]);

/**
 * The name of the relation that is there already (42P07), which PostgreSQL says in its text alone: `relation "orders"
 * already exists`, in the language of its messages. In its own places that text holds nothing else, so no other is read.
 */
export function existingRelation(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error && "file" in error)) return undefined;
  if (error.code !== "42P07" || !SOURCES.has(error.file)) return undefined;
  // Knex puts the statement and ` - ` before it.
  const text = error.message.slice(error.message.lastIndexOf(" - ") + 1);
  return /^[^"«»„“”]*["«»„“]\s*([^"«»„“”]+?)\s*["«»“”]/u.exec(text)?.[1];
}
