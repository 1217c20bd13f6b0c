/** Sections of lines with an empty line between; empty ones are left out. Ends in a newline. */
export function sectionsText(sections: readonly (readonly string[])[]): string {
  const shown = sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}
