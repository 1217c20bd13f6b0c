import { expect, test } from "vitest";
import { matchTable } from "../../../src/init/match-table.js";
import { propose } from "../../../src/init/propose.js";

const bodies = Array.from({ length: 20 }, (_, index) =>
  JSON.stringify({
    orderId: index,
    ip: "10.0.0.1",
    email: "a@example.com",
    phone: "+49 151 1234567",
    at: 1_780_000_000,
    extra: 1,
  }),
);
const proposal = propose({ queue: "q", table: "t", bodies, nowMs: 0 });
const column = (name: string, type: string, needsValue = false, isGenerated = false) => ({
  name,
  type,
  needsValue,
  isGenerated,
});

test("the table's columns, names and types go before what was proposed", () => {
  const { proposal: matched, unfilled } = matchTable(proposal, [
    column("id", "bigint", false, true),
    column("OrderID", "numeric(12,0)", true),
    column("masked_ip", "inet"),
    column("email", "character varying(20)"),
    column("phone", "bigint"),
    column("at", "timestamp with time zone"),
    column("region", "text", true),
  ]);
  expect(
    matched.columns.map(({ name, from, type, required, mask, convert }) => [
      name,
      from,
      type,
      required,
      mask?.strategy ?? convert,
    ]),
  ).toEqual([
    ["OrderID", "orderId", "numeric(12,0)", true, undefined],
    ["masked_ip", "ip", "inet", true, "ip-truncate"],
    ["email", "email", "varchar(20)", true, "redact"],
    ["at", "at", "timestamptz", true, "epoch-seconds"],
  ]);
  expect(matched.leftOut.map(({ from, reason }) => `${from}: ${reason}`)).toEqual([
    "phone: looks like phone numbers in 20 of 20; column phone is bigint, which takes no masked value",
    "extra: the table has no such column",
  ]);
  expect(unfilled).toEqual([
    expect.objectContaining({ name: "phone", needsValue: false }),
    expect.objectContaining({ name: "region", needsValue: true }),
  ]);
});
