import { nextStep } from "./next-step.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { textWidth } from "./width.js";

/** What was written, and what to do next. */
export interface InitEnd {
  readonly written: readonly string[];
  readonly pipelineFile: string;
  /** A mask has a key, which has to be made first. */
  readonly needsKey: boolean;
  /** SQS2PG_QUEUE names another queue, and goes before that of the file. */
  readonly isQueueElsewhere: boolean;
}

type Step = [what: string, command: string];

const UNSET: Step = ["Leave the queue to the file: SQS2PG_QUEUE goes before it", "unset SQS2PG_QUEUE"];

/** The end of an `init` that has written its files. Ends in a newline. */
export function renderInitEnd(
  { written, pipelineFile, needsKey, isQueueElsewhere }: InitEnd,
  { style, columns }: { readonly style: Style; readonly columns: number },
): string {
  const width = textWidth(columns);
  const config = pipelineFile === "sqs2pg.yaml" ? "" : ` --config ${shellWord(pipelineFile)}`;
  const steps: Step[] = [
    ["Look it through, and change what is not right", pipelineFile],
    ...(isQueueElsewhere ? [UNSET] : []),
    ...(needsKey
      ? ([
          ["Make a key, keep it safe", "(umask 077; set -C; sqs2pg keygen > sqs2pg.key)"],
          ["Give it to the commands below", 'export SQS2PG_MASK_KEY="$(cat sqs2pg.key)"'],
        ] as Step[])
      : []),
    ["See the rows that it makes", `sqs2pg peek${config}`],
    ["Create the tables", `sqs2pg migrate${config}`],
    ["Try all of it without loading", `sqs2pg drain${config} --dry-run --max 500`],
    ["Load", `sqs2pg drain${config}`],
  ];
  const lines = [
    ...written.map((path) => style.success(`Written: ${printable(path)}`)),
    "",
    "Next:",
    ...steps.flatMap(([what, command]) =>
      nextStep(what, printable(command), width - 2).map((line) => `  ${line}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** A path as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
