import { parsePipeline } from "../../../../src/config/parse-pipeline.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import type { CatalogType, ColumnFacts, TableFacts } from "../../../../src/loader/target-check/facts.js";

/** A type that comes with PostgreSQL. */
export function typeOf(name: string, more: Partial<CatalogType> = {}): CatalogType {
  return {
    ...{ text: name, base: name, name, modifier: -1, arrays: 0, kind: "base", isBuiltIn: true, casts: [] },
    isString: ["text", "character varying", "character", "name"].includes(name),
    ...more,
  };
}

/** `varchar(n)` as the catalogue has it. */
export function varcharOf(length: number): CatalogType {
  const text = `character varying(${length})`;
  return typeOf("character varying", { text, base: text, modifier: length + 4 });
}

/** A column that takes everything of its type. */
export function columnOf(name: string, type: CatalogType, more: Partial<ColumnFacts> = {}): ColumnFacts {
  return {
    ...{ name, type, notNull: false, hasDefault: false, isGenerated: false, identity: null },
    ...{ updatable: true, selectable: true, isCollationExact: true },
    ...{ insertable: true, isWritable: true, closedSequence: null, uniqueIndex: null },
    ...more,
  };
}

/** A plain table that the user may do everything with. */
export function tableOf(columns: readonly ColumnFacts[], more: Partial<TableFacts> = {}): TableFacts {
  return {
    ...{ kind: "table", kindText: "a table", schema: "shop", isReachable: true, takesRows: true },
    ...{ hasRowTrigger: false, hasPartition: true, isRowSecured: false, hasInsertPolicy: false, columns },
    ...{ hasUpdatePolicy: false, hasSelectPolicy: false, uniqueIndexes: [] },
    ...more,
  };
}

/** A target as a pipeline declares it; what a column does not say is `text` of its own name. */
export function targetOf(columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>): LoadTarget {
  const full = Object.entries(columns).map(([name, column]) => [
    name,
    { from: name, type: "text", ...column },
  ]);
  const raw = { queue: "q", table: "shop.t", columns: Object.fromEntries(full) };
  return parsePipeline(raw, { source: "f" }).pipeline;
}
