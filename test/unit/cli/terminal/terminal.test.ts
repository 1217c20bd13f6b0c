import { expect, it } from "vitest";
import { columnsOf, progressModeFor, terminalFor } from "../../../../src/cli/terminal/terminal.js";

const tty = { isTTY: true, columns: 132 };
const pipe = {};

it.each([
  ["a terminal", tty, {}, false, true],
  ["a pipe", pipe, {}, false, false],
  ["--no-color", tty, {}, true, false],
  ["--no-color against FORCE_COLOR", tty, { FORCE_COLOR: "1" }, true, false],
  ["NO_COLOR", tty, { NO_COLOR: "1" }, false, false],
  ["NO_COLOR=0, which is a value too", tty, { NO_COLOR: "0" }, false, false],
  ["an empty NO_COLOR, which is none", tty, { NO_COLOR: "" }, false, true],
  ["NO_COLOR against FORCE_COLOR", tty, { NO_COLOR: "1", FORCE_COLOR: "1" }, false, false],
  ["FORCE_COLOR in a pipe", pipe, { FORCE_COLOR: "1" }, false, true],
  ["FORCE_COLOR=0", tty, { FORCE_COLOR: "0" }, false, false],
  ["a dumb terminal", tty, { TERM: "dumb" }, false, false],
] as const)("decides on colour for %s", (_name, stream, env, noColorFlag, color) => {
  expect(terminalFor({ stream, env, noColorFlag }).color).toBe(color);
});

it.each([
  [{ LANG: "en_GB.UTF-8" }, true],
  [{ LANG: "C.utf8" }, true],
  [{ LC_ALL: "C", LANG: "en_GB.UTF-8" }, false],
  [{ LC_ALL: "", LC_CTYPE: "UTF-8", LANG: "C" }, true],
  [{}, false],
] as const)("takes the character set from the locale %j", (env, unicode) => {
  expect(terminalFor({ stream: tty, env, noColorFlag: false, platform: "linux" }).unicode).toBe(unicode);
});

it("takes Windows for able to show Unicode", () => {
  expect(terminalFor({ stream: tty, env: {}, noColorFlag: false, platform: "win32" }).unicode).toBe(true);
});

it.each([
  ["a terminal", tty, {}, 132],
  ["a terminal that does not know", { isTTY: true, columns: 0 }, {}, 80],
  ["a terminal, whatever COLUMNS says", tty, { COLUMNS: "50" }, 132],
  ["a terminal that does not know, with COLUMNS", { isTTY: true }, { COLUMNS: "50" }, 50],
  ["a pipe", pipe, {}, Number.POSITIVE_INFINITY],
  ["a pipe with COLUMNS", pipe, { COLUMNS: "120" }, 120],
  ["a pipe with COLUMNS too small for anything", pipe, { COLUMNS: "1" }, 20],
  ["a pipe with an empty COLUMNS", pipe, { COLUMNS: "" }, Number.POSITIVE_INFINITY],
  ["a pipe with COLUMNS=0", pipe, { COLUMNS: "0" }, Number.POSITIVE_INFINITY],
  ["a pipe with COLUMNS=wide", pipe, { COLUMNS: "wide" }, Number.POSITIVE_INFINITY],
] as const)("knows the width of %s", (_name, stream, env, columns) => {
  expect(columnsOf(stream, env)).toBe(columns);
  expect(terminalFor({ stream, env, noColorFlag: false }).columns).toBe(columns);
});

it("draws a spinner on terminals that can, lines elsewhere, nothing when told to be quiet", () => {
  const terminal = (stream: object, env: Record<string, string>) =>
    terminalFor({ stream, env, noColorFlag: false });
  expect(progressModeFor(terminal(tty, {}), false)).toBe("spinner");
  expect(progressModeFor(terminal(tty, { TERM: "dumb" }), false)).toBe("lines");
  expect(progressModeFor(terminal(pipe, {}), false)).toBe("lines");
  expect(progressModeFor(terminal(tty, {}), true)).toBe("silent");
});

it.each([
  ["a terminal", tty, {}, true],
  ["a terminal that does not know how wide it is", { isTTY: true, columns: 0 }, {}, false],
  ["a dumb terminal", tty, { TERM: "dumb" }, false],
  ["a pipe", pipe, {}, false],
] as const)("draws over a line on what can do that: %s", (_name, stream, env, animated) => {
  expect(terminalFor({ stream, env, noColorFlag: false }).animated).toBe(animated);
});
