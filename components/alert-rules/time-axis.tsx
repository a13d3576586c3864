const HOUR_MS = 3_600_000;
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric' });

/** Five moments below a chart, in the viewer's zone. */
export function TimeAxis({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  const format = toMs - fromMs > 36 * HOUR_MS ? day : clock;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => fromMs + (toMs - fromMs) * part);
  return (
    <div aria-hidden="true" className="mt-1 flex justify-between text-xs text-muted">
      {marks.map((at) => (
        <span key={at}>{format.format(at)}</span>
      ))}
    </div>
  );
}
