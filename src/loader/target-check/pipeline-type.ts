import { parseColumnType, typeText } from "../../types/column-type.js";
import type { CatalogType } from "./facts.js";
import { digitsOf, lengthOf } from "./type-modifier.js";

/** What a pipeline says for a column of this type; undefined where nothing that it can say fits. */
export function pipelineTypeText(type: CatalogType): string | undefined {
  if (type.arrays > 1) return undefined;
  const read = parseColumnType(`${spelledText(type)}${"[]".repeat(type.arrays)}`);
  return "value" in read ? typeText(read.value) : undefined;
}

/** The bytes of a `name`, in characters that take four each. */
const NAME_LENGTH = 15;

function spelledText(type: CatalogType): string {
  if (type.name === "money") return "numeric(18,2)";
  if (type.isString) {
    const length = lengthOf(type);
    if (length !== undefined) return `${type.name}(${length})`;
    return type.name === "name" ? `varchar(${NAME_LENGTH})` : "text";
  }
  const digits = digitsOf(type);
  return digits === undefined ? type.name : `numeric(${digits.precision},${digits.scale})`;
}

/** A table's type in words; a domain with what it is made of. */
export function catalogTypeText({ text, base, arrays }: CatalogType): string {
  const resolved = `${base}${"[]".repeat(arrays)}`;
  return text === resolved ? text : `${text} (${resolved})`;
}
