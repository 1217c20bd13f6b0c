import { describe, expect, test } from "vitest";
import { renderRejectListing } from "../../../../src/cli/terminal/reject-listing.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { ListedRejects, RejectListing } from "../../../../src/rejects/list-rejects.js";
import { asciiStyle, colorStyle, plainStyle, visible } from "./fixtures.js";

const group = (given: Partial<ListedRejects>): ListedRejects => ({
  ...{ queue: "login-queue", status: "quarantined", stage: "transform", code: "missing", field: "user_id" },
  ...{ reason: "is missing or null", count: 3, first_seen: "2026-03-01T12:00:00.000Z" },
  ...{ last_seen: "2026-03-02T12:00:00.000Z", example_message_ids: ["0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11"] },
  ...given,
});
const listing: RejectListing = {
  ...{ queue: "login-queue", code: null, counts: { quarantined: 1_204, left: 2, replayed: 5, loaded: 1 } },
  groups: [
    group({ count: 1_200 }),
    group({
      count: 4,
      code: "sqlstate_23514",
      field: "known_locale",
      stage: "load",
      reason: "a check constraint does not allow the row",
    }),
    group({ count: 2, status: "left", code: "not_json", field: null, reason: "the body is no JSON text" }),
    group({ count: 5, status: "replayed" }),
    group({ count: 1, status: "loaded" }),
  ],
};
const nothing: RejectListing = {
  ...{
    queue: "login-queue",
    code: null,
    groups: [],
    counts: { quarantined: 0, left: 0, replayed: 0, loaded: 0 },
  },
};

const render = (given: RejectListing, columns = 100): string =>
  renderRejectListing(given, { style: plainStyle, columns });

describe("the list of rejects for people", () => {
  test("says what is open and where, and counts what is dealt with", () => {
    expect(render(listing)).toMatchInlineSnapshot(`
      "Quarantined: 1,204 rejects
      sealed: sqs2pg replay loads what fits now

        count  code            field         example message
        ─────  ──────────────  ────────────  ────────────────────────────────────
        1,200  missing         user_id       0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
          is missing or null; last seen 2026-03-02 12:00:00 UTC
            4  sqlstate_23514  known_locale  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
          a check constraint does not allow the row; last seen 2026-03-02 12:00:00 UTC

      Left on the queue: 2 rejects
      unless the redrive policy has moved them since

        count  code      field   example message
        ─────  ────────  ──────  ────────────────────────────────────
            2  not_json  (body)  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
          the body is no JSON text; last seen 2026-03-02 12:00:00 UTC

      Dealt with: 5 replayed, 1 loaded by a later delivery
      "
    `);
  });

  test("of every queue has a part for each", () => {
    const text = render({
      ...listing,
      queue: null,
      groups: [group({}), group({ queue: "o\u001b[31mther" })],
    });
    expect(text).toMatch(/\n\nlogin-queue\n.*\n\no\\u001b\[31mther\n/s);
  });

  test.each<[Partial<RejectListing>, string]>([
    [{}, "No open rejects of login-queue\n"],
    [{ code: "mis\u009bsing" }, "No open rejects of login-queue with the code mis\\u009bsing\n"],
    [{ queue: null }, "No open rejects of any queue\n"],
  ])("nothing there: %j", (given, says) => {
    expect(render({ ...nothing, ...given })).toBe(says);
  });

  test("nothing open any more", () => {
    expect(render({ ...nothing, counts: { ...nothing.counts, replayed: 1_000 } })).toBe(
      "No open rejects of login-queue\n\nDealt with: 1,000 replayed\n",
    );
  });

  test.each([20, 30, 36, 40, 80, 200])("fits into %i columns", (columns) => {
    for (const line of render(listing, columns).split("\n"))
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  test("where there is no terminal no name is cut", () => {
    const field = "a_constraint_with_a_name_that_is_much_longer_than_any_column_of_a_table";
    expect(render({ ...listing, groups: [group({ field })] }, Number.POSITIVE_INFINITY)).toContain(field);
  });

  test("has colours where they are wanted, and only ASCII where nothing else can be shown", () => {
    const coloured = visible(renderRejectListing(listing, { style: colorStyle, columns: 80 }));
    expect(coloured.replaceAll(/ESC\[\d+m/g, "")).toBe(render(listing, 80));
    expect(coloured).toContain("ESC[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is the point.
    expect(renderRejectListing(listing, { style: asciiStyle, columns: 80 })).toMatch(/^[\x00-\x7f]*$/);
  });
});
