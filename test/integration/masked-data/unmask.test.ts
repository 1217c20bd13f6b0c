import { hostname, userInfo } from "node:os";
import { parse } from "csv-parse/sync";
import { describe, expect } from "vitest";
import type { CliResult } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import {
  complaints,
  KEY_ID,
  type Person,
  REVERSIBLE,
  REVERSIBLE_NAMES,
  type ReversibleName,
  test,
} from "./unmask-bench.js";

/** A column as psql -At prints it, in the order of the ids. */
async function column(database: TestDatabase, name: string): Promise<string[]> {
  const value = name === "ip_prefix" ? "host(ip_prefix)" : name;
  const rows = await database.query<{ value: string | null }>(
    `select ${value} as value from people order by id collate "C"`,
  );
  return rows.map((row) => row.value ?? "");
}

function ordered(people: readonly Person[]): readonly Person[] {
  return people.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** The lines of a column in the clear: those with line breaks are JSON. */
function linesOf(people: readonly Person[], name: ReversibleName): string[] {
  return ordered(people).map((person) => {
    const value = person[REVERSIBLE[name]] ?? "";
    return value.includes("\n") ? JSON.stringify(value) : value;
  });
}

/** A table as `psql --csv` writes it, by PostgreSQL's own COPY. */
async function asCsv(database: TestDatabase): Promise<string> {
  const names = await database.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'people'::regclass and attnum > 0 order by attnum`,
  );
  const cells = names.map(
    ({ name }) => `case when "${name}" is null then '' when "${name}"::text ~ '[",\\n\\r]|^$'
      then '"' || replace(${name === "ip_prefix" ? `host("${name}")` : `"${name}"::text`}, '"', '""') || '"'
      else ${name === "ip_prefix" ? `host("${name}")` : `"${name}"::text`} end`,
  );
  const rows = await database.query<{ line: string }>(
    `select concat_ws(',', ${cells.join(", ")}) as line from people order by id collate "C"`,
  );
  return `${[names.map(({ name }) => name).join(","), ...rows.map(({ line }) => line)].join("\n")}\n`;
}

const OK: Partial<CliResult> = { exitCode: 0, signal: undefined };

describe.concurrent("what was drained comes back exactly", () => {
  test("as lines of a column, for a mask that names itself and those that do not", async ({
    drained: filled,
    unmask,
    database,
  }) => {
    for (const name of ["ip_token", "ip_prefix", "device_ff1"] as const) {
      const masked = await column(database, name);
      const input = `${masked.join("\n")}\n`;
      const result = await unmask(["--as", name], { input });
      expect(result).toMatchObject(OK);
      expect(complaints(result)).toBe("");
      expect(result.stdout).toBe(`${linesOf(filled.people, name).join("\n")}\n`);
      expect(result.stdout.split("\n").length).toBe(input.split("\n").length);
    }
  });

  test("as lines that say their mask themselves, of all fields together", async ({
    filled,
    unmask,
    database,
  }) => {
    const names = REVERSIBLE_NAMES.filter((name) => name !== "ip_prefix" && name !== "device_ff1");
    const masked = await Promise.all(names.map((name) => column(database, name)));
    const result = await unmask([], { input: masked.map((lines) => `${lines.join("\r\n")}\r\n`).join("") });
    expect(result).toMatchObject(OK);
    expect(complaints(result)).toBe("");
    const expected = names.flatMap((name) => linesOf(filled.people, name));
    expect(result.stdout).toBe(`${expected.join("\n")}\n`);
  });

  test("as CSV, every other byte as it was", async ({ filled, unmask, database }) => {
    const input = await asCsv(database);
    const args = REVERSIBLE_NAMES.flatMap((name) => ["--column", name]);
    const result = await unmask(args, { input: `\ufeff${input}` });
    expect(result).toMatchObject(OK);
    expect(complaints(result)).toBe("");
    expect(result.stdout.startsWith("\ufeff")).toBe(true);
    const options = { columns: true, bom: true } as const;
    const before: Record<string, string>[] = parse(input, options);
    const after: Record<string, string>[] = parse(result.stdout, options);
    const expected = ordered(filled.people).map((person, index) => ({
      ...before[index],
      ...Object.fromEntries(REVERSIBLE_NAMES.map((name) => [name, person[REVERSIBLE[name]] ?? ""])),
    }));
    expect(after).toEqual(expected);
    // NULL and empty texts are told apart still.
    expect(result.stdout).toContain("\nempty,,,");
    const empty = result.stdout.split("\n").find((line) => line.startsWith("empty,"));
    expect(empty?.split(",")[4]).toBe('""');
    expect(empty?.split(",")[10]).toBe("");
  });

  test("CSV under other names, and one column of several", async ({ filled: _filled, unmask, database }) => {
    const [ann] = await database.query<{ siv: string; token: string }>(
      "select ip_siv as siv, ip_token as token from people where id = 'ann'",
    );
    const input = `who,address,token\r\n"ann","${ann?.siv}",${ann?.token}\r\n"x",,`;
    const result = await unmask(["--column", "address", "--as", "ip_siv"], { input });
    expect(result).toMatchObject({
      ...OK,
      stdout: `who,address,token\r\n"ann","203.0.113.7",${ann?.token}\r\n"x",,`,
    });
  });

  test("as rows, in CSV and in JSON", async ({ drained: filled, unmask, database }) => {
    const where = "true -- all of them?";
    const result = await unmask(["--where", where]);
    expect(result).toMatchObject(OK);
    expect(complaints(result)).toBe("");
    const rows: Record<string, string>[] = parse(result.stdout, { columns: true });
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...["id", "ip_siv", "device_gcm", "device_hmac", "mail_sealed", "ip_token", "mail_token", "ip_prefix"],
      ...["device_ff1", "mail_hash", "note", "age", "ok"],
    ]);
    const byId = new Map(rows.map((row) => [row["id"], row]));
    const stored = await database.query<{ id: string; device_hmac: string; mail_hash: string }>(
      "select id, device_hmac, mail_hash from people",
    );
    expect(rows).toHaveLength(filled.people.length);
    for (const person of filled.people) {
      const as = Object.fromEntries(REVERSIBLE_NAMES.map((name) => [name, person[REVERSIBLE[name]] ?? ""]));
      expect(byId.get(person.id)).toMatchObject({ ...as, note: person.note ?? "" });
    }
    for (const { id, device_hmac, mail_hash } of stored) {
      expect(byId.get(id)).toMatchObject({ device_hmac: device_hmac ?? "", mail_hash: mail_hash ?? "" });
    }

    const json = await unmask(["--where", "id in ('ann', 'nobody')", "--json"]);
    const document = JSON.parse(json.stdout);
    expect(document).toMatchObject({
      stopped_because: "done",
      values_done: 7,
      values_failed: 0,
      failures: [],
    });
    expect(document.rows).toHaveLength(2);
    for (const { values, errors } of document.rows) {
      const person = filled.people.find(({ id }) => id === values.id);
      const as = Object.fromEntries(
        REVERSIBLE_NAMES.map((name) => [name, person?.[REVERSIBLE[name]] ?? null]),
      );
      expect(values).toMatchObject({ ...as, note: person?.note, age: person?.age, ok: person?.ok });
      expect(errors).toEqual([]);
    }
  });

  test("--limit", async ({ unmask, crowded }) => {
    expect(crowded.people.length).toBeGreaterThan(1_001);
    const result = await unmask(["--where", "true", "--limit", "1001", "--json"]);
    const document = JSON.parse(result.stdout);
    expect(document.rows).toHaveLength(1001);
    expect(document.stopped_because).toBe("limit");
    const few = await unmask(["--where", "id = 'ann'", "--limit", "2", "--json"]);
    expect(JSON.parse(few.stdout)).toMatchObject({ stopped_because: "done" });
    expect(JSON.parse((await unmask(["--where", "false", "--json"])).stdout)).toMatchObject({ rows: [] });
    expect((await unmask(["--where", "false"])).stdout).toMatch(/^id,ip_siv,.*,ok\n$/);
  });
});

describe.concurrent("the log", () => {
  test("says who, when, how many and the filter; never a value", async ({
    filled: _filled,
    unmask,
    database,
    log,
  }) => {
    const [ann] = await database.query<{ siv: string; token: string }>(
      "select ip_siv as siv, ip_token as token from people where id = 'ann'",
    );
    await unmask([ann?.siv ?? "", ann?.token ?? "", "nope"]);
    await unmask(["--as", "ip_token"], { input: `${ann?.token}\n\n` });
    await unmask(["--column", "ip_siv"], { input: `ip_siv\n${ann?.siv}\n` });
    await unmask(["--where", "id = 'ann'", "--limit", "5"]);
    const entry = { command: "unmask", table_name: "people", filter: null, finished: true };
    const selfNaming = ["ip_siv", "device_gcm", "mail_sealed", "ip_token", "mail_token"];
    expect(await log()).toMatchObject([
      { ...entry, source: "arguments", columns: selfNaming, values_done: "2", values_failed: "1" },
      { ...entry, source: "stdin", columns: ["ip_token"], values_done: "1", values_failed: "0" },
      { ...entry, source: "csv", columns: ["ip_siv"], values_done: "1", values_failed: "0" },
      {
        ...{ ...entry, source: "rows", columns: [...REVERSIBLE_NAMES] },
        ...{ filter: "id = 'ann'", values_done: "7", values_failed: "0" },
      },
    ]);
    const [who] = await database.query(
      `select os_user, host, database_user, version, started_at <= finished_at as in_order from sqs2pg.unmask_log limit 1`,
    );
    expect(who).toMatchObject({
      os_user: userInfo().username,
      host: hostname(),
      database_user: database.server.user,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      in_order: true,
    });
    const [whole] = await database.query<{ text: string }>(
      "select string_agg(l::text, ' ') as text from sqs2pg.unmask_log l",
    );
    expect(whole?.text).not.toMatch(/203\.0\.113|s1\.|t1\.|593-47/);
  });

  test("its id is in the document", async ({ filled: _filled, unmask, log }) => {
    const { stdout } = await unmask(["--where", "false", "--json"]);
    const [entry] = await log();
    expect(String(JSON.parse(stdout).log_entry)).toBe(entry?.id);
  });
});

describe.concurrent("keys that nothing in a value proves", () => {
  test("are compared with what the database has written down", async ({ unmask, filled }) => {
    const other = "sqs2pg-key-1:BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const args = ["--as", "device_ff1", "593-47-5928"];
    const env = { SQS2PG_MASK_KEY: `${other}\n${filled.keys}` };
    const refused = await unmask(args, { env });
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(complaints(refused)).toMatch(
      new RegExp(`^sqs2pg: column device_ff1: this database has ff1 of device under the key ${KEY_ID}, and `),
    );
    const unknown = await unmask(args, { env: { ...env, DATABASE_URL: "" } });
    expect(unknown.exitCode).toBe(0);
    expect(complaints(unknown)).toMatch(
      /^warning: device_ff1: nothing in a value of ff1 proves that \w{8} is the right key: with another one wrong values come out\n$/,
    );
    // Values that name their key are read with it all the same.
    const { exitCode } = await unmask(["--as", "ip_siv"], { env, input: "\n" });
    expect(exitCode).toBe(0);
  });
});
