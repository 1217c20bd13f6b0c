import { expect, test } from "vitest";
import { existingRelation } from "../../../src/loader/errors/relation-name.js";

const SQL = `create table "canary" as select 'canary' - 1`;

test.each([
  [`relation "orders" already exists`, "orders"],
  [`relation "a b" already exists in schema "shop"`, "a b"],
  ["Relation »orders« existiert bereits", "orders"],
  ["la relation « orders » existe déjà", "orders"],
  ["la relación «orders» ya existe", "orders"],
  [`リレーション"orders"はすでに存在します`, "orders"],
  ["no quotes at all", undefined],
])("%s", (text, name) => {
  const error = { code: "42P07", file: "heap.c", severity: "ERROR" };
  expect(existingRelation(Object.assign(new Error(text), error))).toBe(name);
  expect(existingRelation(Object.assign(new Error(`${SQL} - ${text}`), error))).toBe(name);
});

test.each([
  ["what a trigger raises", { code: "42P07", file: "pl_exec.c" }],
  ["what a foreign server says", { code: "42P07", file: "connection.c" }],
  ["a pooler that says no place", { code: "42P07" }],
  ["another error", { code: "23505", file: "heap.c" }],
])("nothing of %s", (_what, fields) => {
  expect(existingRelation(Object.assign(new Error(`relation "canary" exists`), fields))).toBeUndefined();
});
