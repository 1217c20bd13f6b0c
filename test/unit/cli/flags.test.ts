import { expect, test } from "vitest";
import { repeatedFlags } from "../../../src/cli/flags/repeat.js";

test.each([
  [{}, ""],
  [{ queue: "orders" }, " --queue orders"],
  [
    { queue: "arn:aws:sqs:eu-west-1:000000000000:orders.fifo" },
    " --queue arn:aws:sqs:eu-west-1:000000000000:orders.fifo",
  ],
  [{ queue: "q", config: "my config.yaml" }, " --config 'my config.yaml' --queue q"],
  [{ config: "it's $HOME.yaml" }, " --config 'it'\\''s $HOME.yaml'"],
  [{ database: "postgres://user:secret@host/db", key: "file:key", mask: "sha256" }, ""],
])("what %j says is said again, but no secret", (flags, expected) => {
  expect(repeatedFlags(flags)).toBe(expected);
});
