import { expect, test } from "vitest";
import { nextStep } from "../../../../src/cli/terminal/next-step.js";

test("a command stands behind its reason where there is room, and is never broken", () => {
  expect(nextStep("Their reasons", "sqs2pg rejects", 29)).toEqual(["Their reasons: sqs2pg rejects"]);
  const command = `sqs2pg rejects --config ${"/a folder".repeat(20)}`;
  expect(nextStep("Their reasons", command, 80)).toEqual(["Their reasons:", `  ${command}`]);
});
