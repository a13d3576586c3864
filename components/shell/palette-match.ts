/** One thing the command palette offers. */
export interface PaletteEntry {
  id: string;
  label: string;
  /** Group name, also shown: `Go to`, `Agent`, `Do`. */
  kind: string;
  /** Further words to find it by. */
  words?: string;
  href: string;
}

/** How well a query fits a text: all its letters in order; word starts and runs count more. Null when it doesn't. */
function scoreOf(query: string, text: string): number | null {
  let score = 0;
  let at = -1;
  for (const letter of query) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    const before = text[next - 1];
    score += next === at + 1 ? 3 : before === undefined || /[^a-z0-9]/.test(before) ? 2 : 0;
    at = next;
  }
  return score - text.length / 100;
}

/** The entries that fit, best first; without a query the first ones as they stand. */
export function matchEntries(query: string, entries: readonly PaletteEntry[], limit = 12): PaletteEntry[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return entries.slice(0, limit);
  return entries
    .map((entry) => ({ entry, score: scoreOf(wanted, `${entry.label} ${entry.words ?? ''}`.toLowerCase()) }))
    .filter((found): found is { entry: PaletteEntry; score: number } => found.score !== null)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ entry }) => entry);
}
