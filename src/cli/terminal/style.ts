import { Chalk } from "chalk";

/** Wraps a text in colour, or leaves it as it is. */
export type Paint = (text: string) => string;

/** Colours by what they mean, and the few characters that a terminal without UTF-8 needs in ASCII. */
export interface Style {
  /** All is well: green. */
  readonly success: Paint;
  /** Wants a look: yellow. */
  readonly attention: Paint;
  /** Went wrong: red. */
  readonly failure: Paint;
  /** Not the news: dim. */
  readonly secondary: Paint;
  /** The news: bold. */
  readonly strong: Paint;
  readonly arrow: string;
  readonly ellipsis: string;
  /** One cell of a horizontal line. */
  readonly rule: string;
  readonly spinner: readonly string[];
}

/** The text as it is. */
export const plain: Paint = (text) => text;

/** The style of a terminal. Only the 16 basic colours: they follow the theme of whoever looks. */
export function createStyle({
  color,
  unicode,
}: {
  readonly color: boolean;
  readonly unicode: boolean;
}): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    success: (text) => chalk.green(text),
    attention: (text) => chalk.yellow(text),
    failure: (text) => chalk.red(text),
    secondary: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    ...(unicode ? UNICODE : ASCII),
  };
}

type Characters = Pick<Style, "arrow" | "ellipsis" | "rule" | "spinner">;

const UNICODE: Characters = {
  arrow: "→",
  ellipsis: "…",
  rule: "─",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

const ASCII: Characters = { arrow: "->", ellipsis: "...", rule: "-", spinner: ["-", "\\", "|", "/"] };
