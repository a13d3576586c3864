'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { HeldDeployments as Answer } from '#lib/model/freeze-window.ts';
import { paths } from '#lib/model/paths.ts';
import { heldWords } from './freeze-words.ts';

export type AskHeld = BoundAction<{ environment: string }, Answer>;

/** Typing pauses this long before it is asked. */
const QUIET_MS = 350;

interface Known {
  environment: string;
  answer: Answer | null;
  failure: string | null;
}

/** Which deployments a freeze of an environment would hold; asked again when another one is typed. */
function useHeld(environment: string, ask: AskHeld): Known | null {
  const [known, setKnown] = useState<Known | null>(null);
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(async () => {
      const result = await ask({ environment });
      if (isStale) return;
      setKnown({
        environment,
        answer: result.ok ? result.data : null,
        failure: result.ok ? null : result.error.message,
      });
    }, QUIET_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [environment, ask]);
  return known?.environment === environment ? known : null;
}

/** Which deployments would be held by the freeze as it is written. */
export function HeldDeployments(props: { environment: string; when: 'on' | 'planned'; ask: AskHeld }) {
  const known = useHeld(props.environment, props.ask);
  return (
    <Card label="What it would hold">
      <CardHeader title="What it would hold" />
      <div className="px-4 pb-3 text-sm">
        <p role="status" className={known?.failure ? 'text-critical-text' : 'font-medium'}>
          {known?.failure ?? (known?.answer ? heldWords(known.answer, props.when) : 'Looking …')}
        </p>
        {known?.answer && (
          <ul className="mt-1">
            {known.answer.items.map((deployment) => (
              <li
                key={deployment.id}
                className="flex flex-wrap items-baseline gap-x-3 border-t border-line py-1.5 first:border-t-0"
              >
                <Link
                  href={paths.deployment(deployment.id)}
                  className="min-w-0 flex-1 basis-40 wrap-anywhere hover:underline"
                >
                  {deployment.agentName} {deployment.version}
                </Link>
                <span className="text-xs text-muted">
                  {deployment.environment}, asked for by {deployment.requestedBy}
                </span>
              </li>
            ))}
            {known.answer.total > known.answer.items.length && (
              <li className="border-t border-line py-1.5 text-xs text-muted">
                and {known.answer.total - known.answer.items.length} more
              </li>
            )}
          </ul>
        )}
        <p className="mt-1 text-xs text-muted">
          Rollbacks pass a freeze. What is rolling out already goes on.
        </p>
      </div>
    </Card>
  );
}
