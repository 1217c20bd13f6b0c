import { describe, expect, test } from "vitest";
import { renderRewrapReport } from "../../../../src/cli/terminal/rewrap-summary.js";
import { createStyle } from "../../../../src/cli/terminal/style.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { RewrapReport } from "../../../../src/masked-data/rewrap-report.js";

const style = createStyle({ color: false, unicode: false });
const report: RewrapReport = {
  table: "user_logins",
  key_id: "81c8dcd3",
  public_key_id: null,
  dry_run: false,
  stopped_because: "done",
  duration_ms: 2_300,
  columns: [{ column: "masked_ip", strategy: "aes-siv", rewrapped: 1_204, left: [] }],
  vault: [{ domain: "device_id", rewrapped: 90, left: [] }],
  rejects: { rewrapped: 0, left: [] },
  not_rewrappable: [],
  dispensable_keys: [],
  unfinished_runs: [],
};
const render = (more: Partial<RewrapReport>, columns = 100): string =>
  renderRewrapReport({ ...report, ...more }, { style, columns });

test("what was done, place by place", () => {
  expect(render({})).toBe(`Rewrapped 1,294 values to 81c8dcd3 in 2.3 s

  user_logins.masked_ip  1,204
  tokens of device_id       90
`);
});

test("what was left, what stays, and which key is not needed any more", () => {
  const left = [{ code: "key_not_held", key_id: "0a0b0c0d", count: 3 }];
  const text = render({
    columns: [{ column: "masked_ip", strategy: "aes-siv", rewrapped: 1, left }],
    vault: [],
    rejects: { rewrapped: 2, left: [{ code: "other", key_id: null, count: 1 }] },
    not_rewrappable: [{ column: "hash", strategy: "hmac-sha256", reason: "there is no way back" }],
    dispensable_keys: ["69c3cdab"],
  });
  expect(text).toBe(`Rewrapped 3 values to 81c8dcd3 in 2.3 s

  user_logins.masked_ip  1  3 left
  sealed rejects         2  1 left

user_logins.masked_ip: 3 under 0a0b0c0d left: their key is not among the keys.
sealed rejects: 1 left: other.

hash (hmac-sha256) stays as it is: there is no way back.

Not needed any more in this database: 69c3cdab. Take the lines off the list when every drain has the
new one first, and keep them as long as backups are to be read.
`);
});

describe("the first line", () => {
  test.each<[Partial<RewrapReport>, string]>([
    [{ dry_run: true, dispensable_keys: ["69c3cdab"] }, "Dry run: nothing was changed"],
    [{ columns: [], vault: [] }, "Nothing to rewrap: all is under 81c8dcd3"],
    [{ key_id: "a", public_key_id: "b", columns: [], vault: [] }, "Nothing to rewrap: all is under a and b"],
    [
      { stopped_because: "signal" },
      "Interrupted after 2.3 s: 1,294 values rewrapped; run it again for the rest",
    ],
    [
      { stopped_because: "error", error: { kind: "failed", code: "c", message: "what to do" } },
      "Failed: rewrapping user_logins ended after 2.3 s\nwhat to do",
    ],
  ])("%o", (more, says) => {
    expect(render(more).startsWith(`${says}\n`)).toBe(true);
    expect(render(more)).not.toContain("Not needed");
  });
});

test.each([20, 40, 80])("it fits into %d columns", (columns) => {
  const left = [{ code: "key_not_held", key_id: "0a0b0c0d", count: 3 }];
  const text = render(
    {
      rejects: { rewrapped: 1, left },
      dispensable_keys: ["69c3cdab"],
      vault: [{ domain: "d", rewrapped: 1, left }],
    },
    columns,
  );
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(columns, 25));
});

test("runs that may add to an old key, and what stays because of somebody else", () => {
  const run = (digit: number) => ({
    ...{ run_id: `${digit}f1c1b8e-0000-4000-8000-000000000000`, started_at: "2026-03-01T12:00:00.000Z" },
    key_id: digit === 1 ? null : "0a0b0c0d",
  });
  const text = render({
    columns: [
      {
        ...{ column: "masked_ip", strategy: "aes-siv", rewrapped: 1 },
        left: [{ code: "not_updated", key_id: "0a0b0c0d", count: 2 }],
      },
    ],
    unfinished_runs: [1, 2, 3, 4, 5].map(run),
  });
  const words = text.replaceAll(/\s+/g, " ");
  expect(words).toContain(
    "user_logins.masked_ip: 2 under 0a0b0c0d left: somebody else holds them, or a trigger keeps them as they are.",
  );
  expect(words).toContain(
    "Not finished, as far as is known: 1f1c1b8e-0000-4000-8000-000000000000, since 2026-03-01 12:00:00 UTC; 2f1c1b8e-0000-4000-8000-000000000000 with 0a0b0c0d, since",
  );
  expect(words).toContain("(and 2 more). What is still under way adds to what is under an old key");
});
