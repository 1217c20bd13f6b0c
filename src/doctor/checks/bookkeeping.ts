import type { TableName } from "../../config/pipeline.js";
import { asStoreError, toDatabaseError } from "../../loader/errors/database-error.js";
import { quoteTable, tableText } from "../../loader/identifier.js";
import { checkKeys } from "../../loader/mask-keys.js";
import { unfinishedRuns } from "../../loader/unfinished-runs.js";
import { keysOfRun } from "../../masks-for-run.js";
import { type Check, ok } from "../check.js";
import { type DatabaseProbe, numberOf, textOf } from "../database-probe.js";
import { IF_LOCKED } from "../if-silent.js";
import { plural, span } from "../words.js";

export const keyRecordCheck: Check = {
  id: "key_record",
  group: "database",
  title: "key on record",
  needs: ["privileges", "key"],
  ifSilent: IF_LOCKED,
  run: async ({ facts }) => {
    const { pipelines, bookkeepingSchema: schema } = facts.settings.get();
    const keys = keysOfRun(pipelines, facts.keys.get(), false);
    const masks = keys.tables.flatMap(({ claims }) => claims).length;
    if (masks === 0) return ok("no mask needs a key");
    const onRecord = await checkKeys(facts.database.get().connection, { ...keys, schema });
    const figures = { masks, on_record: onRecord };
    const fresh = masks - onRecord;
    const found =
      onRecord === 0
        ? "the database knows no key of these masks yet: the first drain notes it"
        : `the key of ${plural(onRecord, "mask")} is the one on record${fresh > 0 ? `, ${fresh} new` : ""}`;
    return ok(found, { figures });
  },
};

export const bookkeepingCheck: Check = {
  id: "bookkeeping",
  group: "database",
  title: "bookkeeping",
  needs: ["privileges"],
  ifSilent: IF_LOCKED,
  run: async ({ facts, clock }) => {
    const { bookkeepingSchema: schema } = facts.settings.get();
    const { connection, ask } = facts.database.get();
    const ledger = await sizeOf(ask, { schema, name: "ledger" });
    const rejects = await sizeOf(ask, { schema, name: "rejects" });
    const runs = await unfinishedRuns(connection, schema).catch((error: unknown) => {
      throw toDatabaseError(asStoreError(error));
    });
    const oldest = runs.at(-1);
    const ageSeconds =
      oldest === undefined ? 0 : Math.max(0, (clock.now() - oldest.startedAt.getTime()) / 1_000);
    const unfinished =
      oldest === undefined
        ? "no run under way"
        : `${plural(runs.length, "run")} under way or killed, the oldest began ${span(ageSeconds)} ago`;
    const found = `ledger ${entriesText(ledger)} (${ledger.size}), rejects ${entriesText(rejects)}, ${unfinished}`;
    return ok(found, {
      figures: {
        ...{ ledger_entries: ledger.entries, ledger_size: ledger.size, rejects: rejects.entries },
        unfinished_runs: runs.length,
      },
    });
  },
};

interface TableSize {
  /** Null where nobody knows yet. */
  readonly entries: number | null;
  readonly isEstimate: boolean;
  /** With its indexes, such as `16 kB`. */
  readonly size: string;
}

/** What is counted: some 50,000 entries. Of more the planner's estimate has to do, which a new table has none of. */
const COUNTED_BYTES = 4 * 1024 * 1024;

async function sizeOf(ask: DatabaseProbe["ask"], table: TableName): Promise<TableSize> {
  const name = quoteTable(table);
  const [row] = await ask(
    `select pg_relation_size(oid) > ${COUNTED_BYTES} as is_estimate,
            case when pg_relation_size(oid) <= ${COUNTED_BYTES} then (select count(*) from ${name})
                 when reltuples > 0 then reltuples::bigint end as entries,
            pg_size_pretty(pg_total_relation_size(oid)) as size
     from pg_class where oid = ?::regclass`,
    [name],
    tableText(table),
  );
  return {
    entries: row?.["entries"] === null ? null : numberOf(row, "entries"),
    isEstimate: row?.["is_estimate"] === true,
    size: textOf(row, "size"),
  };
}

function entriesText({ entries, isEstimate }: TableSize): string {
  if (entries === null) return "not counted yet";
  return `${isEstimate ? "about " : ""}${plural(entries, "entry", "entries")}`;
}
