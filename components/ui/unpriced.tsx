/** What is missing from a cost that stands above it; keeps its place when nothing is. */
export function Unpriced({ words }: { words: string | null }) {
  return (
    <span className="block truncate text-xs text-muted" title={words ?? undefined}>
      {words}
    </span>
  );
}
