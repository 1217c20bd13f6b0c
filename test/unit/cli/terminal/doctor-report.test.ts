import { describe, expect, test } from "vitest";
import type { Signals } from "../../../../src/cli/context.js";
import { exitCodeOfDoctor } from "../../../../src/cli/exit-code.js";
import { renderDoctor } from "../../../../src/cli/terminal/doctor-report.js";
import { createStyle } from "../../../../src/cli/terminal/style.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import { type Finding, failed, ok, skipped, warning } from "../../../../src/doctor/check.js";
import { buildReport, type DoctorReport } from "../../../../src/doctor/report.js";

const style = createStyle({ color: false, unicode: false });

type Given = readonly [group: "configuration" | "queue", title: string, finding: Finding];

function reportOf(given: readonly Given[], isInterrupted = false): DoctorReport {
  const results = given.map(([group, title, finding]) => {
    const check = { id: title.replaceAll(" ", "_"), group, title, run: () => finding };
    return { ...finding, check, durationMs: 1 };
  });
  return buildReport(results, { version: "1.0.0", startedAtMs: 0, finishedAtMs: 5, isInterrupted });
}

const config: Given = ["configuration", "config", ok("sqs2pg.yaml: queue orders to table shop.orders")];
const letters: Given = ["queue", "dead letters", warning("no redrive policy", "give the queue one")];
const receive: Given = ["queue", "sqs:ReceiveMessage", skipped("not proven")];
const broken: Given = [
  "configuration",
  "config",
  failed("sqs2pg.yaml: 2 mistakes", "correct what is listed", {
    ...{ kind: "usage", details: ["columns.a: is missing", "a\u001b[31m: is too long"] },
  }),
];

test("group by group, a line each, what to do under it, and the verdict last", () => {
  const report = reportOf([letters, config, receive]);
  expect(renderDoctor(report, { style, columns: 100 })).toBe(`configuration
  ok       config              sqs2pg.yaml: queue orders to table shop.orders

queue
  warning  dead letters        no redrive policy
                               -> give the queue one
  skipped  sqs:ReceiveMessage  not proven

ready: 1 ok, 1 warning, 1 skipped
`);
});

test("checks in a row that are skipped for one reason share a line", () => {
  const without = (title: string, found = "needs: config, which failed"): Given => [
    "queue",
    title,
    skipped(found),
  ];
  const titles = ["queue", "messages", "retention", "encryption", "policy", "may receive", "may delete"];
  const report = reportOf([
    ...titles.map((title) => without(title)),
    without("speed", "interrupted"),
    letters,
  ]);
  expect(renderDoctor(report, { style, columns: 80 })).toBe(`queue
  skipped  queue, messages, retention, encryption, policy, may receive, may
           delete: need config, which failed
  skipped  speed         interrupted
  warning  dead letters  no redrive policy
                         -> give the queue one

ready: 0 ok, 1 warning, 8 skipped
`);
});

test("mistakes line by line, safe on a terminal, and which checks have failed", () => {
  expect(renderDoctor(reportOf([broken, letters]), { style, columns: 100 })).toBe(`configuration
  failed   config        sqs2pg.yaml: 2 mistakes
                         - columns.a: is missing
                         - a\\u001b[31m: is too long
                         -> correct what is listed

queue
  warning  dead letters  no redrive policy
                         -> give the queue one

1 problem: config (0 ok, 1 warning)
`);
});

test("where there is little room, sentences stand under their titles", () => {
  expect(renderDoctor(reportOf([letters]), { style, columns: 40 })).toBe(`queue
  warning  dead letters
    no redrive policy
    -> give the queue one

ready: 0 ok, 1 warning
`);
});

test.each([20, 40, 60, 80, 120])("it fits into %d columns", (columns) => {
  const long = ok(`${"many words ".repeat(20)}${"x".repeat(90)}`);
  const text = renderDoctor(reportOf([broken, letters, receive, ["queue", "long", long]]), {
    style,
    columns,
  });
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
});

test("in a pipe each sentence is one line, and an interrupt says so", () => {
  const long = ok("many words ".repeat(40).trim());
  const text = renderDoctor(reportOf([["queue", "long", long]], true), {
    style,
    columns: Number.POSITIVE_INFINITY,
  });
  expect(text).toBe(`queue\n  ok       long  ${long.found}\n\ninterrupted: 1 ok\n`);
});

describe("the exit code", () => {
  const signalsWith = (code: number | undefined): Signals => {
    const { signal } = new AbortController();
    return { stop: signal, kill: signal, exitCode: () => code };
  };
  const of = (kind: "usage" | "failed" | "unavailable"): Given => [
    "queue",
    kind,
    failed("no", "do", { kind }),
  ];

  test.each<[given: readonly Given[], strict: boolean, signal: number | undefined, exitCode: number]>([
    [[config], true, undefined, 0],
    [[config, letters], false, undefined, 0],
    [[config, letters], true, undefined, 1],
    [[config, receive], true, undefined, 0],
    [[of("unavailable")], false, undefined, 75],
    [[of("unavailable"), of("failed")], false, undefined, 1],
    [[of("unavailable"), of("failed"), of("usage")], false, undefined, 2],
    [[of("usage")], false, 130, 130],
  ])("case %#", (given, strict, signal, exitCode) => {
    expect(exitCodeOfDoctor(reportOf(given), { strict, signals: signalsWith(signal) })).toBe(exitCode);
  });
});
