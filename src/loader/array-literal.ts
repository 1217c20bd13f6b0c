/** What an array of a statement may hold. */
export type Element = string | number | boolean | Buffer | null;

/**
 * PostgreSQL's text form of an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), as node-pg would
 * write it: done here, because Knex walks through every element of an array before node-pg does, and most texts have
 * nothing to escape.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  if (elements.length === 0) return "{}";
  // By far the most common: then no element needs a string of its own.
  if (elements.every(isPlainText)) return `{"${elements.join('","')}"}`;
  return `{${elements.map(elementText).join(",")}}`;
}

function isPlainText(element: Element): boolean {
  return typeof element === "string" && !needsEscapes(element);
}

function elementText(element: Element): string {
  if (element === null) return "NULL";
  if (typeof element === "string") return `"${escaped(element)}"`;
  if (typeof element === "object") return `"\\\\x${element.toString("hex")}"`;
  return String(element);
}

function escaped(text: string): string {
  return needsEscapes(text) ? text.replace(/["\\]/g, "\\$&") : text;
}

function needsEscapes(text: string): boolean {
  return text.includes('"') || text.includes("\\");
}
