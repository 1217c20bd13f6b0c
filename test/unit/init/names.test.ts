import fc from "fast-check";
import { expect, test } from "vitest";
import { identifierProblem } from "../../../src/config/identifier.js";
import { columnName, createNamer, snakeCase, tableNameOf } from "../../../src/init/names.js";
import { pathText } from "../../../src/init/path-text.js";

test.each([
  ["orderId", "order_id"],
  ["OrderID", "order_id"],
  ["sourceIPAddress", "source_ip_address"],
  ["x-forwarded-for", "x_forwarded_for"],
  ["Straße", "strasse"],
  ["Prénom client", "prenom_client"],
  ["line1", "line1"],
  ["order", "order"],
  ["2fa", "_2fa"],
  ["__v", "v"],
  ["名前", "名前"],
])("%s is %s", (key, name) => {
  expect(snakeCase(key)).toBe(name);
});

test.each([
  ["OrdersQueue", "orders"],
  ["login-queue", "login"],
  ["prod-orders.fifo", "prod_orders"],
  ["queue", "messages"],
  ["sqs-events", "events"],
])("the queue %s makes the table %s", (queue, table) => {
  expect(tableNameOf(queue)).toBe(table);
});

test("names are given out once, whatever the keys, and PostgreSQL takes them", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 })), (paths) => {
      const namer = createNamer();
      const names = paths.map((path) => namer(columnName(path)));
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(identifierProblem(name)).toBeUndefined();
    }),
  );
  const namer = createNamer();
  expect([namer("id"), namer("id"), namer("id"), namer("id_2")]).toEqual(["id", "id_2", "id_3", "id_2_2"]);
});

test.each([
  [["a", "b"], false, "a.b"],
  [["any key"], false, '["any key"]'],
  [["a", "b.c", "d"], false, 'a["b.c"].d'],
  [["$id"], false, '["$id"]'],
  [['say "x"'], false, '["say \\"x\\""]'],
  [["a"], true, "$.a"],
  [["a b"], true, '$["a b"]'],
])("the path %j is %s%s", (path, outer, text) => {
  expect(pathText(path, outer)).toBe(text);
});
