import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderAudit } from "../../../../src/cli/terminal/audit-report.js";
import { formatSpan } from "../../../../src/cli/terminal/span.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import { VALUE_KINDS } from "../../../../src/masked-data/audit-kinds.js";
import type { AuditedColumn, AuditedKey, AuditReport } from "../../../../src/masked-data/audit-report.js";
import { MASK_NAMES } from "../../../../src/masking/index.js";
import { asciiStyle, colorStyle, plainStyle, visible } from "./fixtures.js";

const key = (given: Partial<AuditedKey> = {}): AuditedKey => ({
  ...{ key_id: "69c3cdab", held: true, is_current: true, values: null },
  ...{ first_used_at: null, last_used_at: null, ...given },
});

const hashed: AuditedColumn = {
  ...{ column: "ip_hash", from: "ip", strategy: "sha256", domain: "ip", companion_of: null },
  ...{
    verdict: "guessable",
    reversible_by: "nobody",
    guessable_by: "anyone",
    joinable: true,
    joined_by: null,
  },
  ...{ shows: ["equality"], kept: null, keys: [], stored: null },
  candidates: [
    { kind: "ipv4", count: 4_294_967_296, per_second: 2_027_760, seconds: 2_120, is_example: false },
  ],
};
const keyed: AuditedColumn = {
  ...{ ...hashed, column: "masked_ip", strategy: "hmac-sha256", verdict: "ok", guessable_by: "key_holder" },
  ...{ keys: [key()], stored: { values: 1_204, other_form: 0, looks_like: "sha256" } },
};
const encrypted: AuditedColumn = {
  ...{ ...hashed, column: "email", from: "user.email", domain: "user.email", strategy: "aes-siv" },
  ...{ verdict: "exposed", reversible_by: "key_holder", guessable_by: null, candidates: [] },
  ...{ shows: ["equality", "length"], stored: { values: 1_216, other_form: 12, looks_like: null } },
  keys: [key({ values: 4 }), key({ key_id: "0d15ea5e", held: false, is_current: false, values: 1_200 })],
};
const shortened: AuditedColumn = {
  ...{ ...hashed, column: "card", from: "card_number", strategy: "partial", verdict: "narrowed" },
  ...{
    guessable_by: null,
    candidates: [],
    joinable: false,
    shows: ["ending", "length"],
    kept: { last_characters: 4 },
  },
};
const network: AuditedColumn = {
  ...{ ...shortened, column: "net", from: "client.ip", strategy: "ip-truncate", shows: ["network"] },
  kept: { ipv4_bits: 24, ipv6_bits: 48 },
  candidates: [{ kind: "ipv4-network", count: 256, per_second: null, seconds: null, is_example: false }],
};

const report: AuditReport = {
  ...{
    table: "user_logins",
    database: "db.example.org:5432/analytics",
    rows: 1_220,
    is_sample: false,
    cores: 2,
  },
  at_risk: ["ip_hash", "email"],
  columns: [hashed, keyed, encrypted, shortened, network],
  unmasked: [{ column: "first_name", from: "name.first", looks_like: "name" }],
};
const render = (given: Partial<AuditReport> = {}, columns = 110): string =>
  renderAudit({ ...report, ...given }, { style: plainStyle, columns });
const one = (given: Partial<AuditedColumn>): string =>
  render({ columns: [{ ...keyed, ...given }] }, Number.POSITIVE_INFINITY);

describe("an audit for people", () => {
  test("in a wide terminal", () => {
    expect(render()).toMatchInlineSnapshot(`
      "At risk: 2 of 5 masked columns of user_logins: ip_hash, email
      1,220 rows of db.example.org:5432/analytics looked at, all there are

      ip_hash: sha256
        verdict    guessable by anyone who has the table
        from       ip
        read back  by nobody
        guessed    by anyone: all 4,294,967,296 IPv4 addresses in 35 m 20 s (2,027,760/s)
        shows      which rows have equal values, and how many
        joins      with every plain SHA-256 of the same value

      masked_ip: hmac-sha256
        verdict    ok
        from       ip, domain ip
        read back  by nobody
        guessed    by the key's holder: all 4,294,967,296 IPv4 addresses in 35 m 20 s (2,027,760/s)
        shows      which rows have equal values, and how many
        joins      with every hmac-sha256 of the domain ip under the same key
        keys       69c3cdab (current, at hand)
        stored     1,204 values; plain sha256 from before would look the same

      email: aes-siv
        verdict    exposed: 12 values of another form than aes-siv makes
        from       user.email, domain user.email
        read back  by the key's holder
        shows      which rows have equal values, and how many; the length
        joins      with every aes-siv of the domain user.email under the same key; rows under different
                   keys do not join
        keys       69c3cdab (current, at hand): 4 values
                   0d15ea5e (earlier, not at hand): 1,200 values
        stored     1,216 values, 12 of another form

      card: partial
        verdict    narrowed: part of each value is shown, as asked for
        from       card_number
        read back  by nobody
        shows      the last 4 characters; the length
        joins      no

      net: ip-truncate
        verdict    narrowed: part of each value is shown, as asked for
        from       client.ip
        read back  by nobody
        guessed    to 256 addresses of an IPv4 network
        shows      the first 24 bits of IPv4 and 48 of IPv6
        joins      by network only

      Not masked, though the name looks like personal data: first_name (name)

      What can be guessed wants a key: hmac-sha256, or aes-siv where it is to be read back.
      What is stored in another form stays until it is masked or deleted in the table itself.

      Times are for all candidates and for this program, measured on one core of this machine (it has 2).
      A program made for guessing is faster, and one pass finds every value of the column.
      "
    `);
  });

  test("in a usual one", () => {
    expect(
      render({ columns: [hashed, keyed], at_risk: ["ip_hash"], unmasked: [] }, 80),
    ).toMatchInlineSnapshot(`
      "At risk: 1 of 2 masked columns of user_logins: ip_hash
      1,220 rows of db.example.org:5432/analytics looked at, all there are

      ip_hash: sha256
        verdict    guessable by anyone who has the table
        from       ip
        read back  by nobody
        guessed    by anyone: all 4,294,967,296 IPv4 addresses in 35 m 20 s
                   (2,027,760/s)
        shows      which rows have equal values, and how many
        joins      with every plain SHA-256 of the same value

      masked_ip: hmac-sha256
        verdict    ok
        from       ip, domain ip
        read back  by nobody
        guessed    by the key's holder: all 4,294,967,296 IPv4 addresses in 35 m 20 s
                   (2,027,760/s)
        shows      which rows have equal values, and how many
        joins      with every hmac-sha256 of the domain ip under the same key
        keys       69c3cdab (current, at hand)
        stored     1,204 values; plain sha256 from before would look the same

      What can be guessed wants a key: hmac-sha256, or aes-siv where it is to be read
      back.

      Times are for all candidates and for this program, measured on one core of this
      machine (it has 2). A program made for guessing is faster, and one pass finds
      every value of the column.
      "
    `);
  });

  test("in a narrow one", () => {
    expect(render({ columns: [encrypted], at_risk: ["email"] }, 40)).toMatchInlineSnapshot(`
      "At risk: 1 of 1 masked column of
      user_logins: email
      1,220 rows of
      db.example.org:5432/analytics looked at,
      all there are

      email: aes-siv
        verdict    exposed: 12 values of
                   another form than aes-siv
                   makes
        from       user.email, domain
                   user.email
        read back  by the key's holder
        shows      which rows have equal
                   values, and how many; the
                   length
        joins      with every aes-siv of the
                   domain user.email under the
                   same key; rows under
                   different keys do not join
        keys       69c3cdab (current, at
                   hand): 4 values
                   0d15ea5e (earlier, not at
                   hand): 1,200 values
        stored     1,216 values, 12 of another
                   form

      Not masked, though the name looks like
      personal data: first_name (name)

      What is stored in another form stays
      until it is masked or deleted in the
      table itself.
      "
    `);
  });

  test("all well, without a database", () => {
    const text = render({ columns: [keyed], at_risk: [], unmasked: [], database: null, rows: null });
    expect(text).toMatch(
      /^No masked column of user_logins can be guessed without a key\nNo database is given: only the pipeline was looked at\n\nmasked_ip/,
    );
    expect(text).not.toMatch(/Not masked|wants a key|another form/);
  });

  test("nothing is masked", () => {
    expect(render({ columns: [], at_risk: [], unmasked: [] })).toBe(
      "No column of user_logins is masked\n1,220 rows of db.example.org:5432/analytics looked at, all there are\n",
    );
  });

  test("of a sample", () => {
    expect(render({ is_sample: true, rows: 1 })).toContain(
      "1 row of db.example.org:5432/analytics looked at, a sample\n",
    );
  });

  test.each<[Partial<AuditedColumn>, RegExp]>([
    [{ reversible_by: "private_key_holder" }, /read back {2}by the private key's holder\n/],
    [{ reversible_by: "key_holder_with_vault" }, /by the key's holder who can read the vault, until/],
    [{ companion_of: "email" }, /from {7}ip, domain ip, the companion of email\n/],
    [{ joined_by: "email_hmac" }, /joins {6}by its companion email_hmac\n/],
    [{ strategy: "token" }, /joins {6}with every token of the domain ip in this vault\n/],
    [{ strategy: "ff1" }, /guessed {4}by the key's holder, who reads them back anyway/],
    [{ keys: [] }, /keys {7}none at hand, and none noted\n/],
    [
      { keys: [key(), key({ key_id: "0d15ea5e" })] },
      /under the same key; rows under different keys do not join\n/,
    ],
    [{ stored: { values: 0, other_form: 0, looks_like: "sha256" } }, /stored {5}0 values\n/],
    [
      { stored: { values: 1, other_form: 0, looks_like: "raw_values" } },
      /1 value; raw values from before would look/,
    ],
    [{ shows: [] }, /shows {6}nothing\n/],
    [{ shows: ["ending", "length"], kept: { last_characters: 0 } }, /shows {6}the length\n/],
    [{ shows: ["ending"], kept: { last_characters: 1 } }, /shows {6}the last 1 character\n/],
  ])("says of %j", (given, says) => {
    expect(one(given)).toMatch(says);
  });

  test("what is told by examples says how to tell it", () => {
    const candidates = [
      { ...(hashed.candidates[0] as (typeof hashed.candidates)[number]), is_example: true },
    ];
    expect(one({ candidates })).toContain("examples only: --kind masked_ip=KIND says what its values are");
  });

  test("values on lists", () => {
    const candidates = [
      { kind: "email", count: null, per_second: null, seconds: null, is_example: false },
    ] as const;
    expect(one({ candidates })).toContain(
      "by the key's holder: from lists of e-mail addresses, which are for sale",
    );
    expect(one({ candidates })).not.toContain("Times are");
  });

  test("a whole address", () => {
    const candidates = [{ ...(network.candidates[0] as (typeof network.candidates)[number]), count: 1 }];
    expect(one({ ...network, candidates })).toContain("by anyone: whole IPv4 addresses are kept");
  });

  test("has colours where they are wanted, and only ASCII where nothing else can be shown", () => {
    const coloured = visible(renderAudit(report, { style: colorStyle, columns: 80 }));
    expect(coloured.replaceAll(/ESC\[\d+m/g, "")).toBe(render({}, 80));
    expect(coloured).toContain("ESC[31m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is the point.
    expect(renderAudit(report, { style: asciiStyle, columns: 80 })).toMatch(/^[\x00-\x7f]*$/);
  });
});

describe("fits", () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
      fc.constantFrom("\u001b[2J", "\n", "\u009b", "\u202e", "\ud800", "東", " ", "x"),
    ),
    maxLength: 70,
  });
  const count = fc.oneof(fc.constant(0), fc.nat({ max: 999 }), fc.nat({ max: 1_000_000_000_000_000 }));
  const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
  const column: fc.Arbitrary<AuditedColumn> = fc.record({
    ...{ column: name, from: name, domain: name, companion_of: maybe(name), joined_by: maybe(name) },
    strategy: fc.constantFrom(...MASK_NAMES),
    verdict: fc.constantFrom("exposed", "guessable", "narrowed", "ok"),
    reversible_by: fc.constantFrom("nobody", "key_holder", "private_key_holder", "key_holder_with_vault"),
    guessable_by: fc.constantFrom("anyone", "key_holder", null),
    candidates: fc.array(
      fc.record({
        kind: fc.constantFrom(...VALUE_KINDS, "ipv4-network" as const),
        ...{ count: maybe(count), per_second: maybe(count), seconds: maybe(count), is_example: fc.boolean() },
      }),
      { maxLength: 2 },
    ),
    joinable: fc.boolean(),
    shows: fc.array(
      fc.constantFrom(
        "equality",
        "length",
        "ending",
        "format",
        "network",
        "common_networks",
        "rows_of_a_run",
      ),
    ),
    kept: fc.oneof(
      fc.constant(null),
      fc.record({ last_characters: count }),
      fc.record({ ipv4_bits: count, ipv6_bits: count }),
    ),
    keys: fc.array(
      fc.record({
        ...{ key_id: name, held: fc.boolean(), is_current: fc.boolean(), values: maybe(count) },
        ...{ first_used_at: maybe(name), last_used_at: maybe(name) },
      }),
      { maxLength: 3 },
    ),
    stored: maybe(
      fc.record({
        values: count,
        other_form: count,
        looks_like: fc.constantFrom("raw_values", "sha256", null),
      }),
    ),
  });
  const reports: fc.Arbitrary<AuditReport> = fc.record({
    ...{ table: name, database: maybe(name), rows: maybe(count), is_sample: fc.boolean(), cores: count },
    at_risk: fc.array(name, { maxLength: 3 }),
    columns: fc.array(column, { maxLength: 4 }),
    unmasked: fc.array(
      fc.record({ column: name, from: name, looks_like: fc.constantFrom("name", "email") }),
      {
        maxLength: 3,
      },
    ),
  });

  test("inside of any terminal, without control characters", () => {
    const columns = fc.oneof(fc.integer({ min: 20, max: 200 }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(reports, columns, fc.constantFrom(plainStyle, colorStyle), (given, width, style) => {
        const text = renderAudit(given, { style, columns: width });
        for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what this is about
        expect(text.replace(/\u001b\[\d{1,2}m/g, "").replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 150 },
    );
  });
});

test.each([
  [0.000_1, "under a second"],
  [1, "1 s"],
  [49, "49 s"],
  [222.3, "3 m 43 s"],
  [3_599, "59 m 59 s"],
  [3_600, "1.0 h"],
  [51_000, "14.2 h"],
  [172_800, "2 days"],
  [63_115_199, "730 days"],
  [63_115_200, "2 years"],
  [1e15, "31,688,088 years"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text);
});
