import type { LabelMatcher } from '#lib/model/alert.ts';

/** Conditions as Alertmanager writes them; none of them means everything. */
export function Matchers({ matchers }: { matchers: readonly LabelMatcher[] }) {
  if (matchers.length === 0) return <span className="text-muted">everything</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {matchers.map(({ name, operator, value }) => (
        <code
          key={`${name}${operator}${value}`}
          className="rounded-sm border border-line bg-sunken px-1.5 font-mono text-xs leading-5 wrap-anywhere"
        >
          {name}
          <span className="text-muted">{operator}</span>
          {value === '' ? '""' : value}
        </code>
      ))}
    </span>
  );
}
