'use client';

import Link from 'next/link';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Severity } from '#components/ui/severity.tsx';
import type { LabelMatcher } from '#lib/model/alert.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { MatchingAlerts as Answer } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { type AskMatching, useMatching } from './use-matching.ts';

function words({ open, matching }: Answer, verb: string): string {
  if (open === 0) return 'No alert is open now.';
  if (matching === 0) return `None of the ${formatPlural(open, 'open alert')} matches.`;
  return `It ${verb} ${matching} of ${formatPlural(open, 'open alert')} now.`;
}

/** What the matchers would do this moment, as they are written. */
export function MatchingAlerts(props: {
  title: string;
  /** `would mute`, for example. */
  verb: string;
  matchers: readonly LabelMatcher[];
  ask: AskMatching;
}) {
  const { answer, failure } = useMatching(props.matchers, props.ask);
  return (
    <Card label={props.title}>
      <CardHeader title={props.title} />
      <div className="px-4 pb-3 text-sm">
        <p role="status" className={failure ? 'text-critical-text' : 'font-medium'}>
          {failure ?? (answer ? words(answer, props.verb) : 'Looking …')}
        </p>
        {props.matchers.length === 0 && (
          <p className="text-xs text-muted">Without conditions it matches all.</p>
        )}
        {answer && !failure && (
          <ul className="mt-1">
            {answer.items.map((alert) => (
              <li
                key={alert.id}
                className="flex items-baseline gap-3 border-t border-line py-1.5 first:border-t-0"
              >
                <Severity severity={alert.severity} />
                <Link href={paths.alert(alert.id)} className="min-w-0 flex-1 wrap-anywhere hover:underline">
                  {alert.title}
                </Link>
                <span className="text-xs text-muted">{alert.status}</span>
              </li>
            ))}
            {answer.matching > answer.items.length && (
              <li className="border-t border-line py-1.5 text-xs text-muted">
                and {answer.matching - answer.items.length} more
              </li>
            )}
          </ul>
        )}
      </div>
    </Card>
  );
}
