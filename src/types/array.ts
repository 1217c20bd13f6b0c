import type { Check, Fault } from "./cell.js";

/**
 * A JSON array of values of one type, as PostgreSQL writes arrays in a text: those of several rows could not go together
 * in one array otherwise. Null is NULL; an array in the array is no value of its type.
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function createArrayCheck(checkElement: Check, target: string): Check {
  const wrongType: Fault = { fault: "wrong_type", reason: `must be a JSON array for ${target}` };
  return (value) => {
    if (!Array.isArray(value)) return wrongType;
    const parts: string[] = [];
    for (const element of value) {
      const cell = element === null || element === undefined ? null : checkElement(element);
      if (typeof cell === "object" && cell !== null) return cell;
      parts.push(cell === null ? "NULL" : typeof cell === "string" ? quotedElement(cell) : String(cell));
    }
    return `{${parts.join(",")}}`;
  };
}

function quotedElement(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
