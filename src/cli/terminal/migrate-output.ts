import type { MigrateResult } from "../../loader/migrations/migrate.js";
import { formatMoment, plural } from "./format.js";
import { printable } from "./printable.js";
import { type Paint, plain, type Style } from "./style.js";
import { type Cell, tableLines } from "./table.js";
import { displayWidth, truncate, wrap } from "./width.js";

interface MigrateOutputOptions {
  readonly style: Style;
  readonly columns: number;
}

/** One line of the status. */
interface MigrationLine {
  readonly name: string;
  /** Null while it is pending. */
  readonly appliedAt: Date | null;
  /** Something else has run under its name. */
  readonly isChanged?: boolean;
  /** Its file is not in the directory. */
  readonly isAbsent?: boolean;
}

/** What `migrate` did, the user's own migrations after the package's. Ends in a newline. */
export function renderMigrate(result: MigrateResult, options: MigrateOutputOptions): string {
  const { style } = options;
  const applied = [...result.applied, ...(result.user?.applied ?? [])];
  const already = result.already.length + (result.user?.already.length ?? 0);
  const summary =
    applied.length === 0
      ? `Already up to date: ${plural(already, "migration")}`
      : `Up to date: ${plural(applied.length, "migration")} applied${already > 0 ? `, ${already} already there` : ""}`;
  return render([
    ...verbLines("applied", applied, options),
    ...absentSentence(result.user?.absent ?? [], options),
    ...sentence(summary, style.success, options),
  ]);
}

/** What `migrate --rollback` undid. Ends in a newline. */
export function renderRollback(names: readonly string[], options: MigrateOutputOptions): string {
  const summary =
    names.length === 0 ? "Nothing to roll back" : `Rolled back ${plural(names.length, "migration")}`;
  return render([...verbLines("rolled back", names, options), ...sentence(summary, plain, options)]);
}

/** What `migrate --status` found. Ends in a newline. */
export function renderMigrationStatus(
  migrations: readonly MigrationLine[],
  options: MigrateOutputOptions,
): string {
  const { style } = options;
  const pending = migrations.filter(({ appliedAt }) => appliedAt === null).length;
  const isChanged = migrations.some((line) => line.isChanged);
  const absent = migrations.filter(({ isAbsent }) => isAbsent).map(({ name }) => name);
  const rows = migrations.map(({ name, appliedAt, isChanged }) => ({
    verb: isChanged ? "changed" : appliedAt === null ? "pending" : "applied",
    paint: isChanged || appliedAt === null ? style.attention : plain,
    name,
    note: appliedAt === null ? "" : formatMoment(appliedAt),
  }));
  const summary = isChanged
    ? sentence(
        "Something else has run under a name: sqs2pg migrate says what to do",
        style.attention,
        options,
      )
    : pending === 0
      ? sentence(`Up to date: ${plural(migrations.length, "migration")}`, style.success, options)
      : sentence(`${plural(pending, "migration")} pending: run sqs2pg migrate`, style.attention, options);
  return render([...statusLines(rows, options), ...absentSentence(absent, options), ...summary]);
}

/** Of migrations on record that are of another directory, or deleted: nothing can be done with them from here. */
function absentSentence(names: readonly string[], options: MigrateOutputOptions): string[] {
  if (names.length === 0) return [];
  return sentence(
    `On record without a file here: ${names.map(printable).join(", ")}`,
    options.style.secondary,
    options,
  );
}

function verbLines(verb: string, names: readonly string[], options: MigrateOutputOptions): string[] {
  return statusLines(
    names.map((name) => ({ verb, paint: plain, name, note: "" })),
    options,
  );
}

interface StatusRow {
  readonly verb: string;
  readonly paint: Paint;
  readonly name: string;
  readonly note: string;
}

const INDENT = 2;

function statusLines(rows: readonly StatusRow[], { style, columns }: MigrateOutputOptions): string[] {
  const verbWidth = Math.max(0, ...rows.map(({ verb }) => verb.length));
  const noteWidth = Math.max(0, ...rows.map(({ note }) => note.length));
  const nameRoom = columns - INDENT - verbWidth - 2;
  const longest = Math.max(0, ...rows.map(({ name }) => displayWidth(printable(name))));
  const withNote = noteWidth > 0 && nameRoom - noteWidth - 2 >= longest;
  const cells = rows.map(({ verb, paint, name, note }): Cell[] => [
    { text: verb, paint },
    { text: truncate(printable(name), nameRoom, style.ellipsis) },
    ...(withNote ? [{ text: note, paint: style.secondary }] : []),
  ]);
  return tableLines(cells, ["left", "left", "left"]).map((line) => `${" ".repeat(INDENT)}${line}`);
}

function sentence(text: string, paint: Paint, { columns }: MigrateOutputOptions): string[] {
  return wrap(text, columns).map(paint);
}

function render(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
