import { expect, test } from "vitest";
import { chart } from "../../../bench/support/chart.js";
import type { Figures } from "../../../bench/support/speed-figures.js";

const figures = (title: string, perSecond: number, processorUs: number): Figures => ({
  title,
  perSecond,
  processorUs,
  copies: 1,
  messages: 1_000,
  slowest: perSecond,
  fastest: perSecond,
  requestsPerThousand: 200,
  peakMiB: 100,
  databaseUs: 10,
});

test("each contender has a bar of its rate and one of its cost, as long as its figure says", () => {
  const svg = chart([figures("sqs2pg drain", 8_000, 100), figures("one & <other>", 2_000, 400)]);
  const widths = [...svg.matchAll(/<rect class="(bar[^"]*)".* width="(\d+)"/g)].map(([, kind, width]) => [
    kind,
    Number(width),
  ]);
  const [longest = 0] = widths.map(([, width]) => Number(width));
  expect(widths).toEqual([
    ["bar own", longest],
    ["bar", Math.round(longest / 4)],
    ["bar own", Math.round(longest / 4)],
    ["bar", longest],
  ]);
  expect(svg).toContain(">8,000<");
  expect(svg).toContain("one &amp; &lt;other>");
});
