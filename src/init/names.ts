import { LONGEST_NAME_BYTES } from "../config/identifier.js";

/** A key or a queue's name as a column or a table is named: `customerEmail` -> `customer_email`. */
export function snakeCase(text: string): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/ß/g, "ss")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
  return /^\p{N}/u.test(words) ? `_${words}` : words;
}

/** The name of a path's column: its keys, joined. */
export function columnName(path: readonly (string | number)[]): string {
  const name = path
    .map((key) => snakeCase(String(key)))
    .filter((part) => part !== "")
    .join("_");
  return cut(name === "" ? "value" : name, LONGEST_NAME_BYTES);
}

/** Gives out names, each once: the second `id` is `id_2`. */
export function createNamer(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let copy = 2; taken.has(name); copy += 1) {
      const ending = `_${copy}`;
      name = `${cut(wanted, LONGEST_NAME_BYTES - ending.length)}${ending}`;
    }
    taken.add(name);
    return name;
  };
}

/** A table's name from a queue's: `OrdersQueue.fifo` -> `orders`. */
export function tableNameOf(queue: string): string {
  const words = snakeCase(queue.replace(/\.fifo$/, ""));
  const short = words.replace(/_?(?:queue|sqs)$/, "").replace(/^(?:queue|sqs)_/, "");
  return cut(short === "" || short === "_" ? "messages" : short, LONGEST_NAME_BYTES);
}

function cut(text: string, bytes: number): string {
  let result = text;
  while (Buffer.byteLength(result) > bytes) result = [...result].slice(0, -1).join("");
  return result;
}
