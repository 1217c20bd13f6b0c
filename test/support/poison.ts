import type { TestDatabase } from "./database.js";
import { type LoginEvent, loginEvents } from "./events.js";

/** A way in which the database refuses a row that the pipeline lets through. */
export interface Poison {
  readonly name: string;
  /** Makes the target refuse it. */
  readonly statements: readonly string[];
  /** What is wrong with a bad event. */
  readonly spoilt: Readonly<Partial<LoginEvent>> | { readonly device_type: null };
  readonly code: string;
  /** The constraint or column that PostgreSQL names, where it names one. */
  readonly field: string | null;
}

const POISONED = { device_type: "poison" };

const refusing = (errcode: string): readonly string[] => [
  `create function refuse() returns trigger language plpgsql as $$ begin
     if new.device_type = 'poison' then
       raise exception 'not %', new using errcode = '${errcode}', detail = new.user_id;
     end if;
     return new;
   end $$`,
  "create trigger refuse before insert on user_logins for each row execute function refuse()",
];

/**
 * A table narrower than the pipeline says is found before the first receive; a copy of its rows that a trigger keeps is
 * not.
 */
const copying = (column: string, type: string): readonly string[] => [
  `create table copies (value ${type})`,
  `create function copy() returns trigger language plpgsql as $$ begin
     insert into copies values (new.${column});
     return null;
   end $$`,
  "create trigger copy after insert on user_logins for each row execute function copy()",
];

/** A column that must not be NULL passes where a trigger may fill it. */
const FILLING: readonly string[] = [
  "create function fill() returns trigger language plpgsql as $$ begin return new; end $$",
  "create trigger fill before insert on user_logins for each row execute function fill()",
];

/** One for each kind of cause. */
export const POISONS: readonly Poison[] = [
  {
    name: "a check constraint",
    statements: ["alter table user_logins add constraint known_device check (device_type <> 'poison')"],
    spoilt: POISONED,
    code: "sqlstate_23514",
    field: "known_device",
  },
  {
    name: "a trigger that raises",
    statements: refusing("P0001"),
    spoilt: POISONED,
    code: "sqlstate_P0001",
    field: null,
  },
  {
    name: "a trigger that raises a code of its own",
    statements: refusing("LG042"),
    spoilt: POISONED,
    code: "sqlstate_LG042",
    field: null,
  },
  {
    name: "a column that must not be null",
    statements: [...FILLING, "alter table user_logins alter device_type set not null"],
    spoilt: { device_type: null },
    code: "sqlstate_23502",
    field: "device_type",
  },
  {
    name: "a unique constraint",
    statements: [
      "alter table user_logins add constraint one_login unique (user_id)",
      "insert into user_logins (user_id) values ('taken')",
    ],
    spoilt: { user_id: "taken" },
    code: "sqlstate_23505",
    field: "one_login",
  },
  {
    name: "a foreign key",
    statements: [
      "create table devices (name varchar(32) primary key)",
      "insert into devices values ('android'), ('iOS')",
      "alter table user_logins add constraint device foreign key (device_type) references devices (name)",
    ],
    spoilt: POISONED,
    code: "sqlstate_23503",
    field: "device",
  },
  {
    name: "a text column of a trigger that is narrower than the pipeline says",
    statements: copying("device_type", "varchar(8)"),
    spoilt: { device_type: "poison-poison" },
    code: "sqlstate_22001",
    field: null,
  },
  {
    name: "a number column of a trigger that is narrower than the pipeline says",
    statements: copying("app_version", "smallint"),
    spoilt: { app_version: "9.99.99" },
    code: "sqlstate_22003",
    field: null,
  },
];

/** Bodies of login events, each of a user of its own, with the bad ones at the given places. */
export function poisonedBodies(count: number, isBad: (index: number) => boolean, poison: Poison): string[] {
  return [...loginEvents(count, { foreign: 0, duplicates: 0 })].map((body, index) => {
    const event = { ...JSON.parse(body), user_id: `user-${index}`, app_version: "2.3.0" };
    return JSON.stringify(isBad(index) ? { ...event, ...poison.spoilt } : event);
  });
}

export async function poisonTarget({ query }: TestDatabase, poison: Poison): Promise<void> {
  for (const statement of poison.statements) await query(statement);
}

/** Rows that were loaded by a drain, those apart that a poison needs to be there before. */
export async function goodRows({ query }: TestDatabase): Promise<number> {
  const [counted] = await query<{ count: number }>(
    "select count(*)::integer from user_logins where user_id like 'user-%'",
  );
  return counted?.count ?? 0;
}

/**
 * Statements at the most for `bad` bad rows among `count` that came in so many batches: each batch once, two a level of
 * halving for each bad row, and one more for a batch of nothing else; and never more than there are pieces.
 */
export function mostStatements(count: number, bad: number, batches: number): number {
  return Math.min(batches + bad * (2 * Math.ceil(Math.log2(count)) + 1), 2 * count - 1);
}

/** Batches of a drain with a good row in them: each has a time of loading of its own. */
export async function batchesLoaded({ query }: TestDatabase): Promise<number> {
  return (await query("select distinct loaded_at from sqs2pg.ledger")).length;
}
