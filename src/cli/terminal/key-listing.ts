import type { KeyListing, ListedKey, ListedUse } from "../../masked-data/list-keys.js";
import { formatMoment, plural } from "./format.js";
import { printable } from "./printable.js";
import { sectionsText } from "./sections.js";
import { type Paint, plain, type Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface KeyListingOptions {
  readonly style: Style;
  readonly columns: number;
}

const INDENT = "  ";
/** Of a line's continuation. */
const FURTHER = "    ";

/** What `keys` found: a key a section. Ends in a newline. */
export function renderKeyListing(
  { keys, database }: KeyListing,
  { style, columns }: KeyListingOptions,
): string {
  const width = textWidth(columns);
  const sections = keys.map((key) => {
    const head = `${key.id}  ${headText(key)}`;
    const uses = key.uses.map((use) => useText(use, key)).map(printable);
    const lines =
      uses.length > 0 ? uses : [database === null ? "" : "not in use in this database"].filter(Boolean);
    return [
      ...wrap(head, width).map(paintOf(key, style)),
      ...lines.flatMap((line) =>
        wrap(line, width - FURTHER.length).map((text, index) => (index === 0 ? INDENT : FURTHER) + text),
      ),
    ];
  });
  const where =
    database === null
      ? "No database is given: where they are in use is not known"
      : keys.length === 0
        ? `No key is in use in ${database}, and none is given`
        : `In use in ${database}`;
  return sectionsText([...sections, wrap(printable(where), width).map(style.secondary)]);
}

function paintOf({ status }: ListedKey, style: Style): Paint {
  if (status === "missing") return style.attention;
  if (status === "retired") return style.secondary;
  return status === "primary" ? style.strong : plain;
}

function headText(key: ListedKey): string {
  const kind = key.kind === "mask-key" ? "masking key" : "key pair";
  const half = key.private === undefined ? "" : key.private ? ", both halves" : ", public half only";
  const does = {
    primary: key.kind === "mask-key" ? "primary: masks" : "primary: seals",
    secondary: "only reads back",
    missing: "missing: in use, and not among the keys",
    retired: "retired: not among the keys, and nothing can be read back with it",
  }[key.status];
  return `${kind}${half}, ${does}`;
}

function useText(use: ListedUse, { status }: ListedKey): string {
  switch (use.kind) {
    case "vault":
      return `vault, domain ${use.domain}: ${plural(use.count, "token")}`;
    case "quarantine":
      return `quarantine of ${use.queue}: ${plural(use.count, "sealed reject")}`;
    case "runs":
      return `first key of ${plural(use.count, "run")}, the last one began ${formatMoment(new Date(use.last_started_at))}`;
    case "column": {
      const last = formatMoment(new Date(use.last_used_at));
      const since = use.current
        ? `since ${formatMoment(new Date(use.first_used_at))}`
        : `former, last used ${last}`;
      const other =
        use.current && status === "secondary"
          ? "; still the current one: drains with another key first stop, unless they name it (key_id) or say --rotate"
          : "";
      return `${use.table}.${use.column}: ${use.strategy}, domain ${use.domain}, ${since}${other}`;
    }
  }
}
