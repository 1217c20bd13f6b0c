import { UsageError } from "../errors.js";

/** A longer line is no value: there is no line break in it. */
const LONGEST_LINE = 16 * 1024 * 1024;

/**
 * The lines of a stream as they arrive, those of one chunk together. A line ends with LF or CRLF, the last one also
 * without; a byte order mark is passed over. What is no UTF-8 is refused or becomes U+FFFD. Throws UsageError
 * `input_not_utf8` and `line_too_long`.
 */
export async function* inputLines(
  input: AsyncIterable<Uint8Array>,
  { invalid }: { readonly invalid: "refuse" | "replace" },
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: invalid === "refuse" });
  let pending = "";
  let count = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      const message = `standard input is no UTF-8 text behind line ${count}: convert it first`;
      throw new UsageError("input_not_utf8", message, { cause: error });
    }
  };
  for await (const chunk of input) {
    const lines = (pending + decode(chunk)).split("\n");
    pending = lines.pop() ?? "";
    count += lines.length;
    if (pending.length > LONGEST_LINE) {
      throw new UsageError("line_too_long", `line ${count + 1} of standard input is too long to be a value`);
    }
    if (lines.length > 0) yield lines.map(withoutReturn);
  }
  pending += decode();
  if (pending !== "") yield [withoutReturn(pending)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
