import { expect, it } from "vitest";
import { renderPeek } from "../../../../src/cli/terminal/peek-table.js";
import { colorStyle, peeked, peekResult, plainStyle, visible } from "./fixtures.js";

const at = (columns: number) => ({ style: plainStyle, columns });

it("shows rows as a table, long values cut", () => {
  expect(`\n${renderPeek(peekResult, at(80))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12 delayed

    2 messages as rows of user_logins

    user_id   device_type  masked_ip  masked_devi…  locale  app_version  create_date
    ────────  ───────────  ─────────  ────────────  ──────  ───────────  ───────────
    424cdd2…  android      9f86d081…  60303ae22b9…  RU            20300  2026-03-01
    東京      android      9f86d081…  60303ae22b9…  NULL           NULL  2026-03-01

    1 message that would be rejected

      code     field    message
      ───────  ───────  ────────────────────────────────────
      missing  user_id  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a03
        This column is required.

    app_version: not convertible, became NULL (1 message)
    Peeking raised the receive count of each message shown by 1 (after 5 receives a
    message moves to login-dead).
    "
  `);
});

it("gives the table the room there is", () => {
  expect(`\n${renderPeek(peekResult, at(120))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12 delayed

    2 messages as rows of user_logins

    user_id                  device_type  masked_ip                masked_device_id         locale  app_version  create_date
    ───────────────────────  ───────────  ───────────────────────  ───────────────────────  ──────  ───────────  ───────────
    424cdd21-063a-43a7-b91…  android      9f86d081884c7d659a2fea…  60303ae22b998861bce3b2…  RU            20300  2026-03-01
    東京                     android      9f86d081884c7d659a2fea…  60303ae22b998861bce3b2…  NULL           NULL  2026-03-01

    1 message that would be rejected

      code     field    message
      ───────  ───────  ────────────────────────────────────
      missing  user_id  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a03
        This column is required.

    app_version: not convertible, became NULL (1 message)
    Peeking raised the receive count of each message shown by 1 (after 5 receives a message moves to
    login-dead).
    "
  `);
  expect(renderPeek(peekResult, at(230))).toContain(
    `  ${"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}  `,
  );
});

it("shows everything whole where there is no width", () => {
  const text = renderPeek(peekResult, at(Number.POSITIVE_INFINITY));
  expect(text).not.toContain("…");
  expect(text).toContain("  60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752  ");
  expect(text).toContain("by 1 (after 5 receives a message moves to login-dead).\n");
});

it("shows one value a line where the columns do not fit", () => {
  expect(`\n${renderPeek(peekResult, at(60))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12 delayed

    2 messages as rows of user_logins

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a01  received 1 time
      user_id           424cdd21-063a-43a7-b91b-7ca1a833afae
      device_type       android
      masked_ip         9f86d081884c7d659a2feaa0c55ad015a3bf4f1…
      masked_device_id  60303ae22b998861bce3b28f33eec1be758a213…
      locale            RU
      app_version       20300
      create_date       2026-03-01

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a02  received 1 time
      user_id           東京
      device_type       android
      masked_ip         9f86d081884c7d659a2feaa0c55ad015a3bf4f1…
      masked_device_id  60303ae22b998861bce3b28f33eec1be758a213…
      locale            NULL
      app_version       NULL
      create_date       2026-03-01

    1 message that would be rejected

      code     field    message
      ───────  ───────  ────────────────────────────────────
      missing  user_id  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a03
        This column is required.

    app_version: not convertible, became NULL (1 message)
    Peeking raised the receive count of each message shown by 1
    (after 5 receives a message moves to login-dead).
    "
  `);
});

it("still fits at 30 columns", () => {
  expect(`\n${renderPeek(peekResult, at(30))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12
    delayed

    2 messages as rows of
    user_logins

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0…
      user_id        424cdd21-063…
      device_type    android
      masked_ip      9f86d081884c…
      masked_devic…  60303ae22b99…
      locale         RU
      app_version    20300
      create_date    2026-03-01

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0…
      user_id        東京
      device_type    android
      masked_ip      9f86d081884c…
      masked_devic…  60303ae22b99…
      locale         NULL
      app_version    NULL
      create_date    2026-03-01

    1 message that would be
    rejected

      code     field
      ───────  ───────
      missing  user_id
        message:
        0b0e7c1a-4f43-4d3b-9d7b-1f
        1f0d3c9a03
        This column is required.

    app_version: not convertible,
    became NULL (1 message)
    Peeking raised the receive
    count of each message shown by
    1 (after 5 receives a message
    moves to login-dead).
    "
  `);
});

it("shows bodies whole, and harmless", () => {
  const body = `{"long": "${"x".repeat(100)}", "bell": "\u0007"}`;
  const messages = [peeked("1", { body, group_id: "g\u001b1" }), peeked("2", { body: "" })];
  const result = {
    ...peekResult,
    fifo: true,
    messages,
    near_redrive: [peeked("1").message_id],
    not_released: 2,
  };
  expect(`\n${renderPeek(result, at(120))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12 delayed

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a01  sent 2026-03-01 12:34:56 UTC  received 1 time  125 B  group g\\u001b1
    {"long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "bell": "\\u0007"}

    0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a02  sent 2026-03-01 12:34:56 UTC  received 1 time  0 B
    (empty)

    1 message is near the redrive limit: the next receive may move it to login-dead
        0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a01
    2 messages could not be given back at once: they reappear when their visibility timeout ends
    Peeking raised the receive count of each message shown by 1 (after 5 receives a message moves to
    login-dead); their message groups were held meanwhile.
    "
  `);
});

it("says that there was nothing to see, and that it cost nothing", () => {
  expect(renderPeek({ ...peekResult, messages: [] }, at(80))).toBe(
    "login-queue\n1,204 visible, 0 in flight, 12 delayed\n\n" +
      "No messages to show: none was handed out. Others may hold them, or the redrive\npolicy has moved them\n",
  );
  const counters = { visible: 0, in_flight: 0, delayed: 0 };
  expect(renderPeek({ ...peekResult, messages: [], counters }, at(80))).toContain(
    "\n\nNo messages to show\n",
  );
});

it("dims NULL, as psql can, and shows warnings in yellow", () => {
  const lines = visible(renderPeek(peekResult, { style: colorStyle, columns: 80 })).split("\n");
  expect(lines.find((line) => line.startsWith("東京"))).toBe(
    "東京      android      9f86d081…  60303ae22b9…  ESC[2mNULLESC[22m           ESC[2mNULLESC[22m  2026-03-01",
  );
  expect(lines).toContain("ESC[33mapp_version: not convertible, became NULL (1 message)ESC[39m");
});

it("shows the rows of each table on their own, also where a message becomes several", () => {
  const order = { target: 0, table: "shop.orders", row: { id: "o1" } };
  const item = (sku: string) => ({ target: 1, table: "shop.order_items", row: { order_id: "o1", sku } });
  const result = {
    ...peekResult,
    table: "shop.orders, shop.order_items",
    targets: [
      { table: "shop.orders", columns: ["id"] },
      { table: "shop.order_items", columns: ["order_id", "sku"] },
    ],
    messages: [peeked("1", { rows: [order, item("a"), item("b")] }), peeked("2", { rows: [item("c")] })],
  };
  expect(`\n${renderPeek(result, at(80))}`).toMatchInlineSnapshot(`
    "
    login-queue
    1,204 visible, 0 in flight, 12 delayed

    1 message as a row of shop.orders

    id
    ──
    o1

    2 messages as 3 rows of shop.order_items

    order_id  sku
    ────────  ───
    o1        a
    o1        b
    o1        c

    Peeking raised the receive count of each message shown by 1 (after 5 receives a
    message moves to login-dead).
    "
  `);
});

it("leaves the rest out where a message becomes very many rows", () => {
  const rows = Array.from({ length: 1_501 }, (_, index) => ({
    target: 0,
    table: "user_logins",
    row: { user_id: `u${index}` },
  }));
  const text = renderPeek({ ...peekResult, messages: [peeked("1", { rows })] }, at(80));
  expect(text).toContain("1 message as 1,501 rows of user_logins\n");
  expect(text).toContain("and 1,001 rows more: see --json\n");
  expect(text.split("\n").length).toBeLessThan(6_000);
});
