import { expect, it } from "vitest";
import { renderError } from "../../../../src/cli/terminal/error-line.js";
import { ConfigError, UsageError } from "../../../../src/errors.js";
import { colorStyle, plainStyle, visible } from "./fixtures.js";

it("is one line", () => {
  const error = new UsageError("queue_missing", "no queue named log\u001b[31m\nin: create it");
  expect(renderError(error, { style: plainStyle })).toBe(
    "sqs2pg: no queue named log\\u001b[31m\\nin: create it\n",
  );
});

it("is red where there is colour, and only in its first word", () => {
  const error = new UsageError("key_missing", "no mask key");
  expect(visible(renderError(error, { style: colorStyle }))).toBe("ESC[31msqs2pg:ESC[39m no mask key\n");
});

it("gives each of several config problems a line", () => {
  const table = { path: "table", message: "is required" };
  const file = { path: "", message: "is empty" };
  expect(renderError(new ConfigError("a.yaml", [table]), { style: plainStyle })).toBe(
    "sqs2pg: a.yaml: table: is required\n",
  );
  expect(renderError(new ConfigError("a.yaml", [table, file]), { style: plainStyle })).toBe(
    "sqs2pg: a.yaml: 2 problems\n  table: is required\n  is empty\n",
  );
});
