import { printableJson } from "./printable.js";

/** One JSON document that is written as it comes: a list, and behind it the fields of a report. */
export interface JsonList {
  /** The next items; the document begins with the first call. */
  items(items: readonly unknown[]): string;
  /** The rest of the document. */
  end(report: object): string;
}

/** `isTty`: a line for each item, for people; else all of it in one line, for whatever reads lines. */
export function createJsonList(name: string, { isTty }: { readonly isTty: boolean }): JsonList {
  const [lead, tail] = isTty ? ["\n    ", "\n  "] : ["", ""];
  const opening = isTty ? `{\n  "${name}": [` : `{"${name}":[`;
  let written = 0;
  let isOpen = false;
  const open = (): string => {
    const text = isOpen ? "" : opening;
    isOpen = true;
    return text;
  };
  return {
    items: (items) => {
      let text = open();
      for (const item of items) {
        text += `${written > 0 ? "," : ""}${lead}${printableJson(JSON.stringify(item))}`;
        written += 1;
      }
      return text;
    },
    end: (report) => {
      const fields = JSON.stringify(report, null, isTty ? 2 : undefined);
      return `${open()}${written > 0 ? tail : ""}],${printableJson(fields.slice(1))}\n`;
    },
  };
}
