import { parseArgs } from "node:util";

interface DemoOptions {
  readonly messages: number;
  /** Leave both servers up until Ctrl-C. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const HELP = `Usage: npm run demo -- [options]

Fills a queue with generated logins and runs sqs2pg on it:
migrate, peek, drain and drain again. The SQS server and the
PostgreSQL are real, local and gone afterwards.

  --messages N  how many messages, 1 to 1,000,000
                (default: 1000)
  --keep        leave both servers up until Ctrl-C, with the
                queue refilled, and print what to export
  --help        show this
`;

const MOST = 1_000_000;

/** A command line that cannot be used; its message is one line. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

export function demoOptions(args: readonly string[]): DemoOptions {
  const { messages, keep, help } = parse(args);
  const count = /^\d+$/.test(messages) ? Number(messages) : 0;
  if (count < 1 || count > MOST) {
    throw new ArgumentError(`--messages must be a whole number from 1 to 1,000,000, not "${messages}"`);
  }
  return { messages: count, keep, help };
}

function parse(args: readonly string[]): { messages: string; keep: boolean; help: boolean } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        messages: { type: "string", default: "1000" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new ArgumentError(`${line} (see npm run demo -- --help)`);
  }
}
