import { UsageError } from "../../errors.js";
import { isOneLine, keyLines } from "../../masking/key-text.js";
import { isWrapped } from "./wrapped.js";

/**
 * A text of keys with every wrapped line unwrapped by KMS, each in its place: line numbers stay. Throws UsageError, which
 * names the line where there are several, and KeyError.
 */
export async function unwrapLines(text: string, stop?: AbortSignal): Promise<string> {
  const all = keyLines(text);
  const wrapped = all.filter((line) => isWrapped(line.text));
  if (wrapped.length === 0) return text;
  const { openKms } = await import("./kms.js");
  const kms = await openKms({ stop });
  try {
    const unwrapped = new Map<number, string>();
    for (const line of wrapped) {
      try {
        unwrapped.set(line.number, await kms.unwrap(line.text));
      } catch (error) {
        if (!(error instanceof UsageError) || isOneLine(text)) throw error;
        throw new UsageError(error.code, `line ${line.number}: ${error.message}`, { cause: error });
      }
    }
    return text
      .split(/\r\n|\r|\n/)
      .map((line, index) => unwrapped.get(index + 1) ?? line)
      .join("\n");
  } finally {
    kms.close();
  }
}
