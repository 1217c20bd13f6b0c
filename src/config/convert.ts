import type { ColumnType } from "../types/column-type.js";
import { typeText } from "../types/column-type.js";
import type { Converter, ConverterName, Source } from "./pipeline.js";
import { givesText } from "./source.js";

/** What goes from one converter to the next; `anything` also where it is not known. */
type Kind = "anything" | "text" | "whole number" | "moment";

interface Conversion {
  /** What may come before it. */
  readonly takes: readonly Kind[];
  readonly gives: Kind;
}

const OF_TEXT: readonly Kind[] = ["anything", "text"];

const CONVERSIONS: Readonly<Record<ConverterName, Conversion>> = {
  "app-version": { takes: OF_TEXT, gives: "whole number" },
  "epoch-seconds": { takes: OF_TEXT, gives: "moment" },
  "epoch-milliseconds": { takes: OF_TEXT, gives: "moment" },
  trim: { takes: OF_TEXT, gives: "text" },
  lower: { takes: OF_TEXT, gives: "text" },
  upper: { takes: OF_TEXT, gives: "text" },
  "semver-major": { takes: OF_TEXT, gives: "whole number" },
  "semver-minor": { takes: OF_TEXT, gives: "whole number" },
  "semver-patch": { takes: OF_TEXT, gives: "whole number" },
};

/** Converters that a config file can name. */
export const CONVERTER_NAMES: readonly [ConverterName, ...ConverterName[]] = [
  "app-version",
  "epoch-seconds",
  "epoch-milliseconds",
  "trim",
  "lower",
  "upper",
  "semver-major",
  "semver-minor",
  "semver-patch",
];

/** Functions may make anything of anything. */
const OWN: Conversion = { takes: ["anything", "text", "whole number", "moment"], gives: "anything" };

/** The types that take a kind; undefined: all of them. */
const TYPES_FOR: Readonly<Record<Exclude<Kind, "anything" | "text">, readonly ColumnType["name"][]>> = {
  "whole number": ["smallint", "integer", "bigint", "numeric"],
  moment: ["date", "timestamp", "timestamptz"],
};

/** The types that take no text. */
const NOT_FOR_TEXT: readonly ColumnType["name"][] = ["smallint", "integer", "boolean"];

/** Reads a column's `convert`, one or several; what has the wrong structure is left out, as it has been noted. */
export function readConverters(raw: unknown): readonly Converter[] {
  const given: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return given.filter((one): one is Converter => typeof one === "function" || isConverterName(one));
}

function isConverterName(value: unknown): value is ConverterName {
  return typeof value === "string" && CONVERTER_NAMES.some((name) => name === value);
}

/** What does not go together, and the setting to change. */
interface Misfit {
  readonly at: "convert" | "type";
  readonly problem: string;
}

interface Around {
  readonly from: Source | undefined;
  readonly type: ColumnType | undefined;
  readonly isMasked: boolean;
}

/** What does not go together in a list of converters, or with what is around it; undefined if all of it does. */
export function convertMisfit(converters: readonly Converter[], around: Around): Misfit | undefined {
  const misplaced = placeMisfit(converters, around);
  if (misplaced !== undefined) return { at: "convert", problem: misplaced };
  const chain = kindAfter(converters);
  if ("problem" in chain) return { at: "convert", problem: chain.problem };
  const { kind, last } = chain;
  if (around.isMasked) {
    const isText = kind === "anything" || kind === "text";
    return isText
      ? undefined
      : { at: "convert", problem: `${last} makes a ${kind}, and only text can be masked` };
  }
  const problem = around.type === undefined ? undefined : typeMisfit(kind, last, around.type);
  return problem === undefined ? undefined : { at: "type", problem };
}

/** Converters with a name are for single values that are not numbers of the message's own. */
function placeMisfit(converters: readonly Converter[], { from, type }: Around): string | undefined {
  if (converters.length === 0) return undefined;
  if (from?.kind === "message" && !givesText(from))
    return `is for texts of the record, and ${from.text} is none`;
  const named = converters.find((one) => typeof one === "string");
  if (named === undefined) return undefined;
  if (from?.kind === "rest") return `${named} is for single values, and ${from.text} is none`;
  return type?.name === "array" ? `${named} is for single values, not for ${typeText(type)}` : undefined;
}

type Chain = { readonly kind: Kind; readonly last: string } | { readonly problem: string };

function kindAfter(converters: readonly Converter[]): Chain {
  let kind: Kind = "anything";
  let last = "";
  for (const converter of converters) {
    const { takes, gives } = typeof converter === "string" ? CONVERSIONS[converter] : OWN;
    const name = typeof converter === "string" ? converter : "a function";
    if (!takes.includes(kind)) return { problem: `${name} cannot follow ${last}, which makes a ${kind}` };
    kind = gives;
    last = name;
  }
  return { kind, last };
}

function typeMisfit(kind: Kind, last: string, type: ColumnType): string | undefined {
  if (kind === "anything") return undefined;
  if (kind === "text") {
    return NOT_FOR_TEXT.includes(type.name)
      ? `${last} makes a text, and the column is ${typeText(type)}`
      : undefined;
  }
  const types = TYPES_FOR[kind];
  if (types.includes(type.name)) return undefined;
  return `${last} makes a ${kind}, so the column must be ${types.join(", ")}, not ${typeText(type)}`;
}
