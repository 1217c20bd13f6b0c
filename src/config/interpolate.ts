import type { FilledText } from "./config-source.js";
import type { Environment } from "./key-source.js";

/** `$${` is a plain `${`; everything else that starts with `${` has to be a variable. */
const PART = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^}])*))?\})?/g;

type Filled = Omit<FilledText, "keys">;

/**
 * Puts variables of the environment into a text: `${NAME}`, and `${NAME:-default}` for one that may be missing. One that
 * is empty counts as missing, as everywhere here. Answers what was made of it, or everything that is wrong.
 */
export function interpolate(
  template: string,
  env: Environment,
): Filled | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const variables: { name: string; value: string }[] = [];
  const text = template.replace(PART, (part: string, name?: string, fallback?: string) => {
    if (part === "$${") return "${";
    if (name === undefined) {
      problems.push("write ${NAME} or ${NAME:-default}, and $${ for a plain ${");
      return "";
    }
    const value = env[name] ?? "";
    if (value !== "") variables.push({ name, value });
    else if (fallback === undefined) {
      problems.push(`the variable ${name} is not set: set it, or write \${${name}:-default}`);
    }
    return value || (fallback ?? "");
  });
  const [first] = problems;
  return first === undefined ? { template, text, variables } : { problems: [...new Set(problems)] };
}
