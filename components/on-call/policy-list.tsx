import Link from 'next/link';
import { Card } from '#components/ui/card.tsx';
import type { PolicyView } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { placed } from './placed.ts';
import { pagedWords, repeatWords, routeCountWords } from './policy-words.ts';
import { unableWords } from './unable-words.ts';

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
            {repeatWords(policy)} · {routeCountWords(policy)}
          </span>
          <ol className="mt-1 flex flex-col gap-0.5 text-xs text-muted">
            {placed(policy.steps).map(({ place, value: step }) => (
              <li key={place} className="flex gap-2">
                <span className="w-4 shrink-0 text-right tabular-nums">{place + 1}</span>
                <span className="min-w-0 wrap-anywhere">
                  {pagedWords(step, policy.names)}{' '}
                  <span className="whitespace-nowrap">({step.delayMinutes} min)</span>
                  {step.hours && ` · only in hours (${step.hours.timeZone})`}
                </span>
              </li>
            ))}
          </ol>
          {Object.entries(policy.unable).map(([id, role]) => (
            <span key={id} className="mt-1 block text-xs wrap-anywhere text-critical-text">
              {policy.names[id]} {unableWords(role)}
            </span>
          ))}
        </Link>
      ))}
    </Card>
  );
}
