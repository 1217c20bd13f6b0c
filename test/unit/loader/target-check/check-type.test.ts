import { expect, test } from "vitest";
import { typeMisfit } from "../../../../src/loader/target-check/check-type.js";
import { digitsOf, dropsFields, lengthOf } from "../../../../src/loader/target-check/type-modifier.js";
import { typeOf, varcharOf } from "./facts.js";

// Which types fit is held to the server itself by test/integration/loader/type-fit.test.ts.

test("lengths and digits are read as PostgreSQL packs them", () => {
  expect(lengthOf(varcharOf(32))).toBe(32);
  expect(lengthOf(typeOf("character varying"))).toBeUndefined();
  expect(lengthOf(typeOf("numeric", { modifier: 36 }))).toBeUndefined();
  const numeric = (modifier: number) => digitsOf(typeOf("numeric", { modifier }));
  expect(numeric(-1)).toBeUndefined();
  expect(numeric(((12 << 16) | 2) + 4)).toEqual({ precision: 12, scale: 2 });
  expect(numeric(((3 << 16) | (-2 & 0x7ff)) + 4)).toEqual({ precision: 3, scale: -2 });
  const interval = (modifier: number) => dropsFields(typeOf("interval", { modifier }));
  expect([interval(-1), interval((0x7fff << 16) | 2), interval((6 << 16) | 0xffff)]).toEqual([
    false,
    false,
    true,
  ]);
});

test.each(["UTC", "Etc/UTC", "GMT", "utc", "GMT0"])("the time zone %s is UTC", (zone) => {
  const theirs = typeOf("timestamp without time zone");
  expect(typeMisfit({ name: "timestamptz" }, theirs, zone)).toBeUndefined();
});

test.each(["Europe/Berlin", "Etc/GMT+5", "Europe/London", ""])("the time zone %j is another one", (zone) => {
  const theirs = typeOf("timestamp without time zone");
  expect(typeMisfit({ name: "timestamptz" }, theirs, zone)?.code).toBe("time_zone_matters");
});

test("an enum takes no numbers at all, and text where it has a cast for it", () => {
  const mood = { kind: "enum", isBuiltIn: false } as const;
  const says = "change one of them";
  expect(typeMisfit({ name: "integer" }, typeOf("mood", mood), "UTC")?.text).toContain(says);
  const withCast = typeOf("mood", { ...mood, casts: ["text"] });
  expect(typeMisfit({ name: "varchar", length: 3 }, withCast, "UTC")).toBeUndefined();
});
