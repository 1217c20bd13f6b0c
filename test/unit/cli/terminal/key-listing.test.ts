import { expect, test } from "vitest";
import { renderKeyListing } from "../../../../src/cli/terminal/key-listing.js";
import { createStyle } from "../../../../src/cli/terminal/style.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { KeyListing, ListedUse } from "../../../../src/masked-data/list-keys.js";

const style = createStyle({ color: false, unicode: false });
const column: ListedUse = {
  kind: "column",
  table: "user_logins",
  column: "masked_ip",
  strategy: "aes-siv",
  domain: "ip",
  current: true,
  first_used_at: "2026-03-01T12:00:00.000Z",
  last_used_at: "2026-04-01T12:00:00.000Z",
};
const listing: KeyListing = {
  database: "db.example.com:5432/analytics",
  keys: [
    { id: "81c8dcd3", kind: "mask-key", status: "primary", uses: [column] },
    {
      id: "69c3cdab",
      kind: "mask-key",
      status: "secondary",
      uses: [
        { ...column, current: false },
        { ...column, column: "other" },
        { kind: "vault", domain: "ip", count: 1_200 },
        { kind: "runs", count: 12, last_started_at: "2026-04-01T12:00:00.000Z" },
      ],
    },
    { id: "8a9b23d6", kind: "pair", status: "primary", private: false, uses: [] },
    {
      id: "0a0b0c0d",
      kind: "mask-key",
      status: "missing",
      uses: [{ kind: "quarantine", queue: "login-queue", count: 1 }],
    },
    {
      id: "1a1b1c1d",
      kind: "mask-key",
      status: "retired",
      uses: [{ ...column, strategy: "hmac-sha256", current: false }],
    },
  ],
};
const render = (more: Partial<KeyListing>, columns = 100): string =>
  renderKeyListing({ ...listing, ...more }, { style, columns });

test("key by key, what it does and where it is in use", () => {
  expect(render({}, 120)).toBe(`81c8dcd3  masking key, primary: masks
  user_logins.masked_ip: aes-siv, domain ip, since 2026-03-01 12:00:00 UTC

69c3cdab  masking key, only reads back
  user_logins.masked_ip: aes-siv, domain ip, former, last used 2026-04-01 12:00:00 UTC
  user_logins.other: aes-siv, domain ip, since 2026-03-01 12:00:00 UTC; still the current one:
    drains with another key first stop, unless they name it (key_id) or say --rotate
  vault, domain ip: 1,200 tokens
  first key of 12 runs, the last one began 2026-04-01 12:00:00 UTC

8a9b23d6  key pair, public half only, primary: seals
  not in use in this database

0a0b0c0d  masking key, missing: in use, and not among the keys
  quarantine of login-queue: 1 sealed reject

1a1b1c1d  masking key, retired: not among the keys, and nothing can be read back with it
  user_logins.masked_ip: hmac-sha256, domain ip, former, last used 2026-04-01 12:00:00 UTC

In use in db.example.com:5432/analytics
`);
});

test("without a database, and with nothing in it", () => {
  const [first, , third] = listing.keys.map((key) => ({ ...key, uses: [] }));
  if (first === undefined || third === undefined) return expect.fail("no keys");
  expect(
    render({ database: null, keys: [first, { ...third, private: true }] }),
  ).toBe(`81c8dcd3  masking key, primary: masks

8a9b23d6  key pair, both halves, primary: seals

No database is given: where they are in use is not known
`);
  expect(render({ keys: [] })).toBe("No key is in use in db.example.com:5432/analytics, and none is given\n");
});

test.each([20, 40, 80, 110])("it fits into %d columns", (columns) => {
  for (const line of render({}, columns).split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
});
