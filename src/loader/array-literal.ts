/** What an array of a statement may hold. */
export type Element = string | number | boolean | Buffer | null;

/**
 * PostgreSQL's text form of an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), as node-pg would
 * write it: done here, because Knex walks through every element of an array before node-pg does, and most texts have
 * nothing to escape.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  let literal = "{";
  for (const element of elements)
    literal += literal === "{" ? elementText(element) : `,${elementText(element)}`;
  return `${literal}}`;
}

function elementText(element: Element): string {
  if (element === null) return "NULL";
  if (typeof element === "string") return `"${escaped(element)}"`;
  if (typeof element === "object") return `"\\\\x${element.toString("hex")}"`;
  return String(element);
}

function escaped(text: string): string {
  return text.includes('"') || text.includes("\\") ? text.replace(/["\\]/g, "\\$&") : text;
}
