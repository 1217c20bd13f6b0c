import { expect, it } from "vitest";
import {
  renderMigrate,
  renderMigrationStatus,
  renderRollback,
} from "../../../../src/cli/terminal/migrate-output.js";
import { plainStyle } from "./fixtures.js";

const first = "20260101000000_user_logins.js";
const second = "20260101000001_ledger.js";
const at = (columns: number) => ({ style: plainStyle, columns });

it("lists what was applied", () => {
  expect(renderMigrate({ applied: [first, second], already: [] }, at(80))).toBe(
    `  applied  ${first}\n  applied  ${second}\nUp to date: 2 migrations applied\n`,
  );
  expect(renderMigrate({ applied: [second], already: [first] }, at(80))).toBe(
    `  applied  ${second}\nUp to date: 1 migration applied, 1 already there\n`,
  );
  expect(renderMigrate({ applied: [], already: [first, second] }, at(80))).toBe(
    "Already up to date: 2 migrations\n",
  );
});

it("lists what was rolled back", () => {
  expect(renderRollback([second], at(80))).toBe(`  rolled back  ${second}\nRolled back 1 migration\n`);
  expect(renderRollback([], at(80))).toBe("Nothing to roll back\n");
});

it("lists the status, with the moments where there is room", () => {
  const status = [
    { name: first, appliedAt: new Date("2026-03-01T12:00:00Z") },
    { name: second, appliedAt: null },
  ];
  expect(renderMigrationStatus(status, at(80))).toBe(
    `  applied  ${first}  2026-03-01 12:00:00 UTC\n  pending  ${second}\n1 migration pending: run sqs2pg migrate\n`,
  );
  expect(renderMigrationStatus(status, at(30))).toBe(
    "  applied  20260101000000_use…\n  pending  20260101000001_led…\n1 migration pending: run\nsqs2pg migrate\n",
  );
});
