/**
 * SVG paths of a sparkline, scaled from zero (or the least value below it) to the greatest value. A
 * missing value ends a segment; a lone point is a dot of no length, drawn round by the line cap.
 */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): { line: string; area: string } {
  const present = values.filter((value): value is number => value !== null);
  if (present.length === 0 || values.length < 2) return { line: '', area: '' };
  const low = Math.min(0, ...present);
  const span = Math.max(...present) - low || 1;
  const x = (index: number) => round((index / (values.length - 1)) * width);
  const y = (value: number) => round(height - 1 - ((value - low) / span) * (height - 2));
  let line = '';
  let area = '';
  let start = -1;
  for (let i = 0; i <= values.length; i++) {
    const value = values[i] ?? null;
    if (value !== null) {
      line += `${start < 0 ? 'M' : 'L'}${x(i)} ${y(value)}`;
      area += `${start < 0 ? `M${x(i)} ${height}L` : 'L'}${x(i)} ${y(value)}`;
      if (start < 0) start = i;
    } else if (start >= 0) {
      if (start === i - 1) line += 'h0';
      area += `L${x(i - 1)} ${height}Z`;
      start = -1;
    }
  }
  return { line, area };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
