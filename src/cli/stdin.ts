import { fileProblem } from "../config/file-problem.js";
import { UsageError } from "../errors.js";

/**
 * What comes on standard input. Throws UsageError `stdin_is_terminal`, with what to do instead, where nobody has sent
 * anything, and `stdin_unreadable`.
 */
export function readStdin(stdin: NodeJS.ReadStream, instead: string): AsyncIterable<Uint8Array> {
  if (stdin.isTTY) {
    throw new UsageError("stdin_is_terminal", `nothing comes on standard input: ${instead}`);
  }
  return chunksOf(stdin);
}

async function* chunksOf(stdin: NodeJS.ReadStream): AsyncGenerator<Uint8Array> {
  try {
    yield* stdin;
  } catch (error) {
    throw new UsageError("stdin_unreadable", `standard input ${fileProblem(error)}`, { cause: error });
  }
}
