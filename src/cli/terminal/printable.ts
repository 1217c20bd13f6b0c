/**
 * Controls, invisible format characters (bidirectional overrides among them), lone surrogates, private-use and
 * unassigned code points, line and paragraph separators: whatever a terminal obeys or does not show.
 */
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text from outside in a form that is safe on a terminal: what is not printable is escaped as in JSON, so that a
 * message can neither send escape sequences nor hide or reorder what stands around it. The result is one line.
 */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, (character) => SHORT[character] ?? escaped(character));
}

/**
 * JSON text in the same safe form: JSON.stringify leaves DEL, the C1 controls and all invisible characters as they are.
 * It means what it meant; the line breaks between its tokens stay.
 */
export function printableJson(json: string): string {
  return json.replace(NOT_PRINTABLE, (character) => (character === "\n" ? character : escaped(character)));
}

function escaped(character: string): string {
  let codes = "";
  for (let index = 0; index < character.length; index += 1) {
    codes += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return codes;
}
