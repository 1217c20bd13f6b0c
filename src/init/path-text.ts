/** A path as `from` has it: `a.b`, and `a["any key"]` for keys that need it; `$.` before it when it starts at the root. */
export function pathText(path: readonly string[], outer = false): string {
  const text = path.reduce((before, key) => {
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${before}[${JSON.stringify(key)}]`;
    return before === "" ? key : `${before}.${key}`;
  }, "");
  if (!outer) return text;
  return text.startsWith("[") ? `$${text}` : `$.${text}`;
}
