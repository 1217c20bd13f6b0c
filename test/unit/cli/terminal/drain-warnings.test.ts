import { expect, test } from "vitest";
import { warningText } from "../../../../src/cli/terminal/drain-warnings.js";

test.each([
  ["not_convertible", "not convertible, became NULL"],
  ["too_long", "too_long, became NULL"],
])("%s is told as: %s", (code, text) => {
  expect(warningText(code)).toBe(text);
});
