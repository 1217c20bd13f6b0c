import type { Figures } from "./speed-figures.js";

const WIDTH = 780;
const LABEL_WIDTH = 330;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 26;
const TITLE_HEIGHT = 34;
const GAP = 18;
const BAR_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

interface Bar {
  readonly label: string;
  readonly value: number;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** Colours for light pages, and others where the reader's are dark. No fonts but the reader's own. */
const STYLE = `<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .bar { fill: #8c959f; }
  .own { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .own { fill: #4493f8; }
  }
</style>`;

/** An SVG with two sets of bars: messages a second, and processor time of the client a message. */
export function chart(figures: readonly Figures[]): string {
  const panels: readonly Panel[] = [
    {
      title: "Messages a second (more is better)",
      bars: figures.map(({ title, perSecond }) => ({ label: title, value: perSecond })),
    },
    {
      title: "Client CPU a message, in microseconds (less is better)",
      bars: figures.map(({ title, processorUs }) => ({ label: title, value: processorUs })),
    },
  ];
  let y = 0;
  const drawn = panels.map((panel) => {
    const text = draw(panel, y);
    y += TITLE_HEIGHT + panel.bars.length * ROW_HEIGHT + GAP;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Speed of sqs2pg and of what one would use in its place">
${STYLE}
${drawn.join("\n")}
</svg>
`;
}

function draw({ title, bars }: Panel, top: number): string {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const lines = bars.map(({ label, value }, index) => {
    const y = top + TITLE_HEIGHT + index * ROW_HEIGHT;
    const width = Math.max(1, Math.round((value / most) * BAR_WIDTH));
    const textY = y + BAR_HEIGHT - 5;
    const kind = label.startsWith("sqs2pg") ? "bar own" : "bar";
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${textY}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${LABEL_WIDTH + width + 8}" y="${textY}">${Math.round(value).toLocaleString("en-US")}</text>`,
    ].join("\n");
  });
  return [`<text class="title" x="10" y="${top + 22}">${escaped(title)}</text>`, ...lines].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
