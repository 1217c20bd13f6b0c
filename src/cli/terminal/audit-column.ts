import { CANDIDATES } from "../../masked-data/audit-kinds.js";
import type {
  AuditedCandidates,
  AuditedColumn,
  AuditedKey,
  ReversibleBy,
  Shown,
} from "../../masked-data/audit-report.js";
import { formatCount, plural } from "./format.js";
import { printable } from "./printable.js";
import { formatSpan } from "./span.js";
import { type Paint, plain, type Style } from "./style.js";
import { GAP } from "./table.js";
import { wrap } from "./width.js";

/** One thing that is said about a column. */
interface Fact {
  readonly label: string;
  readonly text: string;
  readonly paint?: Paint;
}

const INDENT = 2;

/** A column with a line for each thing that is to know of it. `width`: cells for text. */
export function columnLines(column: AuditedColumn, style: Style, width: number): string[] {
  const facts = factsOf(column, style);
  const labelWidth = Math.max(...facts.map(({ label }) => label.length));
  const room = width - INDENT - labelWidth - GAP;
  const head = wrap(printable(`${column.column}: ${column.strategy}`), width).map(style.strong);
  const lines = facts.flatMap(({ label, text, paint = plain }) =>
    wrap(printable(text), room).map((line, index) => {
      const name = (index === 0 ? label : "").padEnd(labelWidth + GAP);
      return `${" ".repeat(INDENT)}${style.secondary(name)}${paint(line)}`;
    }),
  );
  return [...head, ...lines];
}

function factsOf(column: AuditedColumn, style: Style): Fact[] {
  return [
    verdictFact(column, style),
    { label: "from", text: fromText(column) },
    { label: "read back", text: READ_BACK[column.reversible_by] },
    ...guessTexts(column).map((text, index) => ({ label: index === 0 ? "guessed" : "", text })),
    { label: "shows", text: showsText(column) },
    { label: "joins", text: joinText(column) },
    ...keyTexts(column).map((text, index) => ({ label: index === 0 ? "keys" : "", text })),
    ...(column.stored === null ? [] : [{ label: "stored", text: storedText(column.stored) }]),
  ];
}

const READ_BACK: Readonly<Record<ReversibleBy, string>> = {
  nobody: "by nobody",
  key_holder: "by the key's holder",
  private_key_holder: "by the private key's holder",
  key_holder_with_vault: "by the key's holder who can read the vault, until the value is forgotten",
};

function verdictFact({ verdict, stored, strategy }: AuditedColumn, style: Style): Fact {
  const label = "verdict";
  switch (verdict) {
    case "exposed":
      return {
        label,
        text: `exposed: ${plural(stored?.other_form ?? 0, "value")} of another form than ${strategy} makes`,
        paint: style.failure,
      };
    case "guessable":
      return { label, text: "guessable by anyone who has the table", paint: style.failure };
    case "narrowed":
      return { label, text: "narrowed: part of each value is shown, as asked for", paint: style.attention };
    default:
      return { label, text: "ok", paint: style.success };
  }
}

/** Hashes without a key, and constants, are the same in every domain. */
function fromText({
  from,
  domain,
  companion_of: companionOf,
  keys,
  guessable_by: guessableBy,
  reversible_by: reversibleBy,
}: AuditedColumn): string {
  const hasDomain = keys.length > 0 || guessableBy === "key_holder" || reversibleBy !== "nobody";
  return [
    from,
    ...(hasDomain ? [`domain ${domain}`] : []),
    ...(companionOf === null ? [] : [`the companion of ${companionOf}`]),
  ].join(", ");
}

function guessTexts({ guessable_by: by, strategy, candidates, column }: AuditedColumn): string[] {
  if (strategy === "ff1") {
    return [
      "by the key's holder, who reads them back anyway; values with fewer than 1,000,000 of their form are refused",
    ];
  }
  if (strategy === "ip-truncate") return candidates.map(({ count }) => networkText(count ?? 0));
  if (by === null) return [];
  const who = by === "anyone" ? "by anyone" : "by the key's holder";
  const texts = candidates.map((candidate) => `${who}: ${candidateText(candidate)}`);
  const isExample = candidates.some(({ is_example: example }) => example);
  return isExample ? [...texts, `examples only: --kind ${column}=KIND says what its values are`] : texts;
}

function networkText(count: number): string {
  return count <= 1
    ? "by anyone: whole IPv4 addresses are kept"
    : `to ${formatCount(count)} addresses of an IPv4 network`;
}

function candidateText({ kind, count, seconds, per_second: perSecond }: AuditedCandidates): string {
  const label = kind === "ipv4-network" ? kind : CANDIDATES[kind].label;
  if (count === null || seconds === null || perSecond === null)
    return `from lists of ${label}, which are for sale`;
  return `all ${formatCount(count)} ${label} in ${formatSpan(seconds)} (${formatCount(perSecond)}/s)`;
}

const SHOWS: Readonly<Record<Shown, string>> = {
  equality: "which rows have equal values, and how many",
  length: "the length",
  ending: "the ending",
  format: "the form",
  network: "the network",
  common_networks: "which addresses are in one network",
  rows_of_a_run: "which rows one run has written",
};

function showsText({ shows, kept }: AuditedColumn): string {
  const texts = shows.map((shown) => {
    if (kept !== null && "last_characters" in kept && shown === "ending") {
      return kept.last_characters === 0 ? "" : `the last ${plural(kept.last_characters, "character")}`;
    }
    if (kept !== null && "ipv4_bits" in kept && shown === "network") {
      return `the first ${kept.ipv4_bits} bits of IPv4 and ${kept.ipv6_bits} of IPv6`;
    }
    return SHOWS[shown];
  });
  return texts.filter((text) => text !== "").join("; ") || "nothing";
}

function joinText({ strategy, joinable, joined_by: joinedBy, domain, keys }: AuditedColumn): string {
  if (joinedBy !== null) return `by its companion ${joinedBy}`;
  if (strategy === "ip-truncate") return "by network only";
  if (!joinable) return "no";
  if (strategy === "sha256") return "with every plain SHA-256 of the same value";
  if (strategy === "token") return `with every token of the domain ${domain} in this vault`;
  const split = keys.length > 1 ? "; rows under different keys do not join" : "";
  return `with every ${strategy} of the domain ${domain} under the same key${split}`;
}

function keyTexts({ keys, guessable_by: by, reversible_by: reversibleBy }: AuditedColumn): string[] {
  if (keys.length > 0) return keys.map(keyText);
  return by === "key_holder" || reversibleBy !== "nobody" ? ["none at hand, and none noted"] : [];
}

function keyText({ key_id: id, held, is_current: isCurrent, values }: AuditedKey): string {
  const notes = [isCurrent ? "current" : "earlier", held ? "at hand" : "not at hand"];
  const count = values === null ? "" : `: ${plural(values, "value")}`;
  return `${id} (${notes.join(", ")})${count}`;
}

function storedText({
  values,
  other_form: others,
  looks_like: twin,
}: NonNullable<AuditedColumn["stored"]>): string {
  const count = others === 0 ? "" : `, ${formatCount(others)} of another form`;
  const doubt =
    twin === null
      ? ""
      : `; ${twin === "sha256" ? "plain sha256" : "raw values"} from before would look the same`;
  return `${plural(values, "value")}${count}${values === 0 ? "" : doubt}`;
}
