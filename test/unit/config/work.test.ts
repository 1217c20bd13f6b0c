import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { readYaml } from "../../../src/config/read-yaml.js";
import { ConfigError } from "../../../src/errors.js";

/** How often V8 has entered functions and blocks of our own files meanwhile: work, whatever the machine is busy with. */
async function workOf(action: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  action();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
  return result
    .filter(({ url }) => url.includes("/src/config/"))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
    .reduce((sum, count) => sum + count, 0);
}

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

const HEAD = "queue: q\ntable: t\n";
const COLUMNS = "columns: { a: { from: a, type: text } }\n";

const FILES: readonly [what: string, text: (count: number) => string][] = [
  [
    "unknown settings of columns",
    (count) =>
      `${HEAD}columns:\n${times(count, (n) => `  c${n}: { from: "\${V}${n}", typ: "\${V}x${n}" }\n`)}`,
  ],
  ["unknown settings at the top", (count) => HEAD + COLUMNS + times(count, (n) => `c${n}: "\${V}${n}"\n`)],
  ["a list", (count) => `${HEAD}${COLUMNS}match:\n  a:\n${times(count, (n) => `    - ["\${V}${n}"]\n`)}`],
  [
    "types",
    (count) => `${HEAD}columns:\n${times(count, (n) => `  c${n}: { from: a, type: "\${V}${n}" }\n`)}`,
  ],
  ["keys", (count) => `${HEAD}key:\n${times(count, (n) => `  - "V${n}"\n`)}${COLUMNS}`],
  [
    "pipelines",
    (count) =>
      `queue: q\npipelines:\n${times(count, (n) => `  c${n}: { table: "\${V}.\${V}.${n}", colums: 3 }\n`)}`,
  ],
];

test.each(FILES)(
  "a file with mistakes everywhere takes work in proportion to its length: %s",
  async (_what, text) => {
    const read = (count: number) => (): void => {
      const { raw, ...file } = readYaml(text(count), { source: "c.yaml", env: { V: "some-secret-value" } });
      expect(() => parsePipeline(raw, file)).toThrow(ConfigError);
    };
    read(10)();
    const [once, twice] = [await workOf(read(300)), await workOf(read(600))];
    expect(once).toBeGreaterThan(300);
    expect(twice / once).toBeLessThan(2.2);
  },
);

test("of very many columns each is told once, and compared with no other", async () => {
  const masked = (count: number): string =>
    `${HEAD}columns:\n${times(count, (n) => `  c${n}: { from: a, type: text${n % 2 === 0 ? ", mask: redact" : ""} }\n`)}`;
  const problemsIn = (count: number): number => {
    const { raw, ...file } = readYaml(masked(count), { source: "c.yaml", env: {} });
    try {
      parsePipeline(raw, file);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.length;
    }
    return 0;
  };
  expect(problemsIn(100)).toBe(50);
  expect(problemsIn(3_000)).toBe(1);
});
