import { asStoreError, toDatabaseError } from "../../loader/errors/database-error.js";
import { quoteTable } from "../../loader/identifier.js";
import { checkKeys } from "../../loader/mask-keys.js";
import { unfinishedRuns } from "../../loader/unfinished-runs.js";
import { keysOfRun } from "../../masks-for-run.js";
import { type Check, ok } from "../check.js";
import { numberOf, textOf } from "../database-probe.js";
import { IF_LOCKED } from "../if-silent.js";
import { count, plural, span } from "../words.js";

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
    const ledger = quoteTable({ schema, name: "ledger" });
    const rejects = quoteTable({ schema, name: "rejects" });
    // Estimates of the planner: a count would read all of a ledger of millions.
    const [sizes] = await ask(
      `select greatest(l.reltuples, 0)::bigint as ledger, pg_size_pretty(pg_total_relation_size(l.oid)) as ledger_size,
              greatest(r.reltuples, 0)::bigint as rejects
       from pg_class l, pg_class r where l.oid = ?::regclass and r.oid = ?::regclass`,
      [ledger, rejects],
      `${schema}.ledger`,
    );
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
    const found = `ledger about ${count(numberOf(sizes, "ledger"))} entries (${textOf(sizes, "ledger_size")}), rejects about ${count(numberOf(sizes, "rejects"))}, ${unfinished}`;
    return ok(found, {
      figures: {
        ...{ ledger_entries: numberOf(sizes, "ledger"), ledger_size: textOf(sizes, "ledger_size") },
        ...{ rejects: numberOf(sizes, "rejects"), unfinished_runs: runs.length },
      },
    });
  },
};
