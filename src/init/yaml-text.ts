/** Words that YAML 1.1 or 1.2 takes for something else than text. */
const NOT_TEXT = /^(?:true|false|yes|no|on|off|y|n|null|nan|~)$/i;

/** A text as a YAML scalar that is safe in a flow map. What would be a variable of the environment is escaped. */
export function yamlText(text: string): string {
  return yamlKey(text.replaceAll("${", () => "$${"));
}

/** The same for a key, where there are no variables: plain where it can be, else quoted as in JSON. */
export function yamlKey(text: string): string {
  const isPlain = /^[A-Za-z_$][\w.$()-]*$/.test(text) && !NOT_TEXT.test(text);
  return isPlain ? text : JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, unicodeEscape);
}

/** Comments, broken into lines of a readable length; a comment cannot end early, since it holds no line break. */
export function yamlComment(text: string, indent = ""): string[] {
  const words = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, " ").split(" ");
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of words) {
    if (line.length + word.length + 1 > WIDEST && line !== `${indent}#`) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

const WIDEST = 110;

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
