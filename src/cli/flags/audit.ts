import type { Command } from "commander";
import { quotedFlag, wholeNumberFlag } from "../../config/values.js";
import { UsageError } from "../../errors.js";
import { VALUE_KINDS, type ValueKind } from "../../masked-data/audit-kinds.js";
import type { FlagProblems } from "./problems.js";

/** A column with what its values are. */
export type KindOfColumn = readonly [column: string, kind: ValueKind];

export function addAuditFlags(command: Command, problems: FlagProblems): Command {
  const kind = problems.collect(kindOfColumn);
  return command
    .option(
      "--kind <column=kind>",
      `what the values of a column are, where its name does not tell: ${VALUE_KINDS.join(", ")}; can be repeated`,
      (text: string, earlier: readonly KindOfColumn[] | undefined) => {
        const given = kind(text);
        return given === undefined ? earlier : [...(earlier ?? []), given];
      },
    )
    .option(
      "--sample <n>",
      "look at about n rows of the table in the place of all",
      problems.collect(wholeNumberFlag("--sample", { min: 1 })),
    );
}

/** The last `=` divides: a kind has none. */
function kindOfColumn(text: string): KindOfColumn {
  const end = text.lastIndexOf("=");
  const kind = VALUE_KINDS.find((known) => known === text.slice(end + 1));
  if (end > 0 && kind !== undefined) return [text.slice(0, end), kind];
  throw new UsageError(
    "invalid_value",
    `--kind must be a column, = and one of ${VALUE_KINDS.join(", ")}, not ${quotedFlag(text)}`,
  );
}
