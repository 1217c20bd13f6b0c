/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function distance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(left.length, right.length);
}

/** The name that was probably meant, if one is close enough: at most a third of it is wrong, or its end is missing. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const typed = word.toLowerCase();
  const mostMistakes = (name: string): number =>
    Math.max(1, Math.floor(Math.max(name.length, word.length) / 3));
  const ranked = names
    .filter((name) => Math.abs(name.length - word.length) <= mostMistakes(name))
    .map((name) => ({ name, mistakes: distance(typed, name.toLowerCase()) }))
    .filter(({ name, mistakes }) => mistakes <= mostMistakes(name))
    .sort((one, other) => one.mistakes - other.mistakes);
  const begun = typed.length < 3 ? undefined : names.find((name) => name.toLowerCase().startsWith(typed));
  return ranked[0]?.name ?? begun;
}

/** `; did you mean X?` where a name is close, else the list of all of them. */
export function suggestion(word: string, names: readonly string[]): string {
  const name = nearest(word, names);
  return name === undefined ? `; it can be ${names.join(", ")}` : `; did you mean ${name}?`;
}
