/** What is missing from a cost that stands above it. */
export function Unpriced({ words }: { words: string }) {
  return (
    <span className="block truncate text-xs text-muted" title={words}>
      {words}
    </span>
  );
}
