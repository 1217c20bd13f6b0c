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
  const placed = { ...table, place: { file: "a.yaml", line: 3, column: 5 } };
  expect(renderError(new ConfigError("a.yaml", [placed]), { style: plainStyle })).toBe(
    "sqs2pg: a.yaml:3:5 table: is required\n",
  );
  const [nameless, style] = [{ ...placed, path: "" }, colorStyle];
  expect(visible(renderError(new ConfigError("a.yaml", [placed, nameless]), { style }))).toBe(
    "ESC[31msqs2pg:ESC[39m a.yaml: 2 problems\n" +
      "  ESC[1ma.yaml:3:5 tableESC[22m: is required\n  ESC[1ma.yaml:3:5ESC[22m: is required\n",
  );
});
