import Link from 'next/link';
import { Card } from '#components/ui/card.tsx';
import type { PolicyView } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';

function repeatWords({ repeat }: PolicyView): string {
  if (repeat === 0) return 'once';
  return repeat === -1 ? 'until somebody answers' : `repeats ${repeat} ${repeat === 1 ? 'time' : 'times'}`;
}

/** The escalation policies of a team, with the order in which they tell people. */
export function PolicyList({ policies }: { policies: readonly PolicyView[] }) {
  return (
    <Card label="Policies" className="max-w-3xl overflow-hidden">
      {policies.map((policy) => (
        <Link
          key={policy.id}
          href={paths.policy(policy.id)}
          className="block border-t border-line px-4 py-3 text-sm first:border-t-0 hover:bg-hover focus-visible:-outline-offset-2"
        >
          <span className="font-medium wrap-anywhere">{policy.name}</span>{' '}
          <span className="text-xs text-muted">
            {repeatWords(policy)} · {policy.routes === 1 ? '1 route' : `${policy.routes} routes`}
          </span>
          <span className="block text-xs text-muted wrap-anywhere">
            {policy.steps
              .map(({ targets, delayMinutes }) => {
                const told = targets.map(({ id }) => policy.names[id] ?? 'somebody who is gone').join(', ');
                return `${told || 'nobody'} (${delayMinutes} min)`;
              })
              .join(' → ')}
          </span>
        </Link>
      ))}
    </Card>
  );
}
