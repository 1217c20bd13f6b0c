import { expect, it } from "vitest";
import { renderError } from "../../../../src/cli/terminal/error-line.js";
import { ConfigError, DatabaseError, UsageError } from "../../../../src/errors.js";
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

it("gives each of several problems of the tables a line, which says itself where it is", () => {
  const problem = { code: "table_missing", table: "t", message: "there is no table t\u001b[31m: create it" };
  const render = (problems: DatabaseError["problems"]) =>
    renderError(new DatabaseError("failed", "x", "all of it", { problems, source: "db:5432/shop" }), {
      style: plainStyle,
    });
  const line = "  there is no table t\\u001b[31m: create it\n";
  expect(render([problem, problem])).toBe(`sqs2pg: db:5432/shop: 2 problems\n${line}${line}`);
  expect(render([problem])).toBe("sqs2pg: all of it\n");
  expect(render([])).toBe("sqs2pg: all of it\n");
});
