/** A type as the catalogue has it: domains are resolved to what they are made of. */
export interface CatalogType {
  /** As PostgreSQL writes it, with its arguments: `character varying(32)`, or a domain's own name. */
  readonly text: string;
  /** The same of one value, behind domains and arrays. */
  readonly base: string;
  /** Of one value, without arguments: `character varying`. */
  readonly name: string;
  /** The arguments as PostgreSQL packs them; -1: none. */
  readonly modifier: number;
  /** How many arrays a value is inside of: 0 for a single one. */
  readonly arrays: number;
  readonly kind: "base" | "enum" | "composite" | "range" | "other";
  /** It is among the strings, of which every type can be assigned to. */
  readonly isString: boolean;
  /** Comes with PostgreSQL, and not with an extension or somebody's own. */
  readonly isBuiltIn: boolean;
  /** Types that can be assigned to it, by casts that were made for it. */
  readonly casts: readonly string[];
}

/** A column of a table. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: CatalogType;
  /** It or its domain. */
  readonly notNull: boolean;
  /** It, its domain, or an identity. */
  readonly hasDefault: boolean;
  readonly isGenerated: boolean;
  readonly identity: "always" | "by default" | null;
  /** What the user may do to it. */
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly selectable: boolean;
  /** False for a column of a view that is computed. */
  readonly isWritable: boolean;
  /** A sequence behind its default that the user may not use. */
  readonly closedSequence: string | null;
  /** Its collation takes no two different texts for equal; true also where it has none. */
  readonly isCollationExact: boolean;
  /** A unique index or a primary key that it is part of. */
  readonly uniqueIndex: string | null;
}

/** A unique index or constraint. */
export interface UniqueIndex {
  readonly name: string;
  /** Without those that are expressions. */
  readonly columns: readonly string[];
  /** What keeps `on conflict` from using it; null: nothing does. */
  readonly unusable: string | null;
}

/** A relation that goes by the name of a target. */
export interface TableFacts {
  readonly kind: "table" | "partitioned table" | "view" | "foreign table" | "other";
  /** What it is, in words. */
  readonly kindText: string;
  readonly schema: string;
  /** The user may use its schema. */
  readonly isReachable: boolean;
  /** PostgreSQL takes rows for it, triggers and rules taken into account. */
  readonly takesRows: boolean;
  /** A trigger that sees each row before it is stored, and may fill its columns. */
  readonly hasRowTrigger: boolean;
  /** Of a partitioned table: there is somewhere for a row to go. */
  readonly hasPartition: boolean;
  /** Row-level security is applied to the user. */
  readonly isRowSecured: boolean;
  /** A policy lets the user insert at least some rows. */
  readonly hasInsertPolicy: boolean;
  /** And policies let it see and update at least some. */
  readonly hasUpdatePolicy: boolean;
  readonly hasSelectPolicy: boolean;
  /** The primary key first. */
  readonly uniqueIndexes: readonly UniqueIndex[];
  readonly columns: readonly ColumnFacts[];
}

/** What the catalogue says of all targets. */
export interface CatalogFacts {
  /** The session's: what moments without an offset are taken in. */
  readonly timeZone: string;
  /** In the order of the targets; undefined where there is no such table. */
  readonly tables: readonly (TableFacts | undefined)[];
}
