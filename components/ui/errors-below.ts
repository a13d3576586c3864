/** Issues by their path, those below a path alone, with the rest of the path. */
export function errorsBelow(errors: ReadonlyMap<string, string>, path: string): Map<string, string> {
  const own = [...errors].filter(([at]) => at === path || at.startsWith(`${path}.`));
  return new Map(own.map(([at, message]) => [at.slice(path.length + 1), message]));
}
