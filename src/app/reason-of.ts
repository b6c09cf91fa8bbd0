const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["ENOTDIR", "a part of its path is no folder"],
  ["EACCES", "permission denied"],
  ["ELOOP", "its symbolic links go in a circle"],
  ["ENXIO", "it is no plain file"],
]);

/** Why the system refused to read something, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS.get(code) ?? (error instanceof Error ? error.message : String(error));
}
