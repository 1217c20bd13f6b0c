import { describe, expect } from "vitest";
import { KEY, reportOf } from "../support/bench.js";
import { test } from "../support/canaries/bench.js";
import { LOADED_BODIES, REFUSED_BODIES } from "../support/canaries/bodies.js";
import { dumpDatabase } from "../support/canaries/dump.js";
import { CANARIES, UNMASKED } from "../support/canaries.js";
import { hmacMask } from "../support/independent.js";

const { ipv4, ipv6, device, oddDevice, body, word } = CANARIES;
const event = (fields: Record<string, unknown>): string =>
  JSON.stringify({ user_id: UNMASKED.text, ip: ipv4, ...fields });

describe.concurrent("no value gets out", () => {
  test.for([
    ["as JSON", ["--json"], {}],
    ["for people, in colour", [], { FORCE_COLOR: "1", COLUMNS: "60", LANG: "C.UTF-8" }],
    ["quarantined", ["--json", "--on-reject", "quarantine"], {}],
  ] as const)("of a body that cannot become a row, %s", async ([, flags, env], { queue, database, run }) => {
    queue.send([...LOADED_BODIES, ...REFUSED_BODIES], { attributes: { ip: ipv4, [word]: body } });
    expect(await run(["drain", ...flags], { env })).toMatchObject({ exitCode: 3 });
    expect(await database.query("select from user_logins")).toHaveLength(LOADED_BODIES.length);
    expect(await database.query("select from sqs2pg.rejects")).toHaveLength(REFUSED_BODIES.length);
  });

  test("and the search does look at what the database is told", async ({
    queue,
    database,
    postgres,
    run,
  }) => {
    queue.send([JSON.stringify({ user_id: "no secret", ip: ipv4 })]);
    await run(["drain"]);
    for (const text of [await dumpDatabase(database), await postgres.log()]) {
      expect(text).toContain("no secret");
      expect(text).toContain(hmacMask(KEY, "ip", ipv4));
    }
  });

  test("of a dry run", async ({ queue, run }) => {
    queue.send([...LOADED_BODIES, ...REFUSED_BODIES]);
    const [json, text] = await Promise.all([
      run(["drain", "--dry-run", "--json"]),
      run(["drain", "--dry-run"]),
    ]);
    expect([json?.exitCode, text?.exitCode]).toEqual([expect.toBeOneOf([0, 3]), expect.toBeOneOf([0, 3])]);
  });

  test("of a row that a constraint on a masked column refuses", async ({ queue, database, run }) => {
    await database.query("alter table user_logins add constraint small check (length(masked_ip) < 60)");
    await database.query("alter table user_logins alter masked_device_id set not null");
    // A trigger may fill it, so the check before the first receive lets it pass.
    await database.query(`create function fill() returns trigger language plpgsql as $$begin return new; end$$;
      create trigger fill before insert on user_logins for each row execute function fill()`);
    await database.query("create unique index one_device on user_logins (masked_device_id)");
    await database.query("insert into user_logins (masked_device_id) values ('x')");
    queue.send([
      event({ device_id: device }),
      event({ ip: null }),
      event({ ip: null, device_id: oddDevice }),
    ]);
    queue.send([event({ ip: null, device_id: oddDevice }), event({ ip: ipv6, device_id: null })]);
    const report = reportOf(await run(["drain", "--json"]));
    expect(report).toMatchObject({ received: 5, loaded: 1, rejected: 4 });
    expect(new Set(report.rejects.map(({ code }) => code))).toEqual(
      new Set(["sqlstate_23502", "sqlstate_23505", "sqlstate_23514"]),
    );
  });

  test.for(["", "--on-reject quarantine"])(
    "of a row that a trigger refuses with all of it in each of its words: drain %s",
    async (flags, { queue, database, run }) => {
      // The locale chooses the SQLSTATE.
      await database.query(`create function shout() returns trigger language plpgsql as $$begin
        raise notice '%', new; raise warning '%', new;
        if new.locale is not null then raise exception '% in %', new.locale, new using errcode = new.locale,
          detail = new::text, hint = new::text; end if; return new; end$$`);
      await database.query(
        "create trigger shout before insert on user_logins for each row execute function shout()",
      );
      const states = [
        "P0001",
        "22001",
        "22003",
        "22007",
        "22021",
        "22P02",
        "22P05",
        "23505",
        "23514",
        "54000",
        "ZZ001",
      ];
      queue.send(states.map((locale) => event({ locale, device_id: oddDevice })));
      queue.send(LOADED_BODIES);
      const report = reportOf(await run(["drain", "--json", ...flags.split(" ").filter(Boolean)]));
      expect(report).toMatchObject({ loaded: LOADED_BODIES.length, rejected: states.length });
      expect(report.rejects.map(({ code }) => code).toSorted()).toEqual(
        states.map((state) => `sqlstate_${state}`).toSorted(),
      );
    },
  );

  test("of a row that does not fit the type or length of a column that a trigger writes", async ({
    queue,
    database,
    run,
  }) => {
    // The table itself is looked at before the first receive; what its triggers write to is not.
    await database.query(`create table copies (user_id varchar(3), app_version smallint);
      create function copy() returns trigger language plpgsql as $$begin
        insert into copies values (new.user_id, new.app_version); return null; end$$;
      create trigger copy after insert on user_logins for each row execute function copy()`);
    queue.send([
      event({}),
      event({ ip: ipv6 }),
      event({ user_id: "u", ip: null, device_id: device, app_version: "9.0.0" }),
    ]);
    const report = reportOf(await run(["drain", "--json"]));
    expect(report).toMatchObject({ received: 3, loaded: 0, rejected: 3 });
    expect(report.rejects.map(({ code }) => code).toSorted()).toEqual(["sqlstate_22001", "sqlstate_22003"]);
  });

  test.for(["42501", "XX000"])(
    "of a row that stops the run with all of it in the words of %s",
    async (sqlState, { queue, database, run }) => {
      await database.query(`create function break() returns trigger language plpgsql as
      $$begin raise exception '%', new using errcode = '${sqlState}', detail = new::text, hint = new::text; end$$`);
      await database.query(
        "create trigger break before insert on user_logins for each row execute function break()",
      );
      queue.send(LOADED_BODIES);
      const result = await run(["drain", "--json"]);
      expect(result.exitCode).toBe(1);
      expect(reportOf(result)).toMatchObject({ stopped_because: "error", released: LOADED_BODIES.length });
      expect(result.stderr).toMatch(/^ {4}at /m);
    },
  );
});
