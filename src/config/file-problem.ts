const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  EISDIR: "is a directory, not a file",
};

/** Why a file could not be opened or read, from what node:fs threw: the end of a sentence that begins with its name. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "no code";
  return PROBLEMS[code] ?? `cannot be read (${code})`;
}
