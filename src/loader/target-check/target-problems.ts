import type { TableName } from "../../config/pipeline.js";
import { DatabaseError, type DatabaseProblem } from "../../errors.js";
import { nearest } from "../../nearest.js";
import { loadingPrivileges, missingPrivileges } from "../catalog.js";
import type { Connection } from "../connection.js";
import { describeSqlState } from "../errors/describe-error.js";
import { tableText } from "../identifier.js";
import { pendingText } from "../migrations/pending-text.js";
import type { UserFolder } from "../migrations/user-folder.js";
import type { LoadTarget } from "../target.js";
import { constantProblems } from "./check-constants.js";
import { grantText, lackingOnTable } from "./check-privileges.js";
import { sharingProblems } from "./check-sharing.js";
import { tableProblems } from "./check-table.js";
import { readFacts, readNames } from "./read-facts.js";

/** What a run loads into. */
export interface Targets {
  readonly targets: readonly LoadTarget[];
  /** Of the bookkeeping. */
  readonly schema: string;
  /** With migrations of the user's own, one of which may make a table that is missing. */
  readonly userFolder?: UserFolder | undefined;
}

/**
 * Everything that is wrong with the tables of a run, as the catalogue has them: in the order of the targets, missing
 * privileges last. Nothing is loaded or locked. Throws what the driver throws.
 */
export async function targetProblems(
  connection: Connection,
  { targets, schema, userFolder }: Targets,
): Promise<readonly DatabaseProblem[]> {
  const { knex, target, user } = connection;
  const tables = targets.map(({ table }) => table);
  const facts = await readFacts(knex, tables);
  const around = { target, user, timeZone: facts.timeZone };
  const problems: DatabaseProblem[] = [];
  const lacking = await missingPrivileges(knex, schema, loadingPrivileges(targets));
  for (const [place, wanted] of targets.entries()) {
    const found = facts.tables[place];
    if (found === undefined) {
      problems.push(await missingTable(connection, wanted.table, { schema, userFolder }));
    } else {
      problems.push(...tableProblems(wanted, found, around));
      problems.push(...(await constantProblems(knex, wanted, { facts: found, around })));
      lacking.push(...lackingOnTable(wanted, found));
    }
  }
  problems.push(...sharingProblems(targets, facts.tables));
  const message = grantText(lacking, user, target);
  if (message !== undefined) {
    problems.push({ code: "privilege_missing", table: tables.map(tableText).join(", "), message });
  }
  return withoutRepetition(problems);
}

/** As one error: that of the only problem, or `target_unfit` with all of them. */
export function targetError(problems: readonly DatabaseProblem[], target: string): DatabaseError | undefined {
  const [first, ...more] = problems;
  if (first === undefined) return undefined;
  if (more.length === 0) {
    return new DatabaseError("failed", first.code, first.message, { problems, source: target });
  }
  // Where each line says the same, it is said once.
  const short = problems.map((problem) => ({
    ...problem,
    message: problem.message.replaceAll(` in ${target}`, ""),
  }));
  const message = `${target}: ${short.map((problem) => problem.message).join("; ")}`;
  return new DatabaseError("failed", "target_unfit", message, { problems: short, source: target });
}

async function missingTable(
  { knex, target, user }: Connection,
  table: TableName,
  { schema, userFolder }: Pick<Targets, "schema" | "userFolder">,
): Promise<DatabaseProblem> {
  const name = tableText(table);
  const pending = await pendingText(knex, schema, userFolder);
  const meant = meantName(table, await readNames(knex, table));
  const instead = meant === undefined ? "" : `write ${meant} in the pipeline, or `;
  const message =
    pending !== undefined
      ? `there is no table ${name} in ${target}, and ${pending}: ${instead}run: sqs2pg migrate`
      : meant === undefined
        ? (describeSqlState("42P01", { target, user, table: name })?.message ?? name)
        : `there is no table ${name} in ${target}: ${instead}create it first`;
  return { code: "table_missing", table: name, message };
}

/** The same name in another schema, or a similar one. */
function meantName({ schema, name }: TableName, names: readonly string[]): string | undefined {
  const same = names.find((other) => other.endsWith(`.${name}`));
  return same ?? nearest(schema === undefined ? name : `${schema}.${name}`, names);
}

/** Several pipelines can load into one table. */
function withoutRepetition(problems: readonly DatabaseProblem[]): DatabaseProblem[] {
  return problems.filter(
    ({ message }, place) => problems.findIndex((other) => other.message === message) === place,
  );
}
