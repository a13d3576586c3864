/** Names as they are written in one line. */
export function namespacesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** What is wrong with the names, whichever of them it is. */
export function namespaceError(errors: ReadonlyMap<string, string>): string | undefined {
  return [...errors].find(([path]) => path.startsWith('namespaces'))?.[1];
}
