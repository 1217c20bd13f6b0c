import type { ForgetResult } from "../../masked-data/forget.js";
import { formatCount, plural } from "./format.js";
import { printable } from "./printable.js";
import { sectionsText } from "./sections.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

/** What `forget` did. Ends in a newline. */
export function renderForget(
  result: ForgetResult,
  { style, columns }: { readonly style: Style; readonly columns: number },
): string {
  const { dry_run: isDryRun, values, forgotten, not_found: notFound, domains } = result;
  const width = textWidth(columns);
  const sentences = (text: string): string[] => wrap(printable(text), width);
  const entries = domains.reduce((sum, domain) => sum + domain.entries, 0);
  const where = domains.map((domain) => `${domain.domain} ${formatCount(domain.entries)}`).join(", ");
  const from = `${plural(entries, "entry", "entries")} of the vault (${where})`;
  const of =
    notFound === 0 ? plural(values, "value") : `${formatCount(forgotten)} of ${plural(values, "value")}`;
  const headline = isDryRun
    ? `Dry run: would forget ${of}, and delete ${from}`
    : `Forgot ${of}: deleted ${from}`;
  const names = domains.map(({ domain }) => domain).join(", ");
  const none = values === 1 ? "the value is not" : `none of the ${formatCount(values)} values is`;
  const nothing = `Nothing to forget: ${none} in the vault (${names})`;
  return sectionsText([
    forgotten === 0 ? sentences(nothing).map(style.strong) : sentences(headline).map(style.success),
    forgotten > 0 && notFound > 0
      ? sentences(`${plural(notFound, "value was", "values were")} not in the vault.`).map(style.attention)
      : [],
    forgotten > 0 && !isDryRun
      ? sentences("Tokens of what was forgotten cannot be resolved any more.").map(style.secondary)
      : [],
  ]);
}
