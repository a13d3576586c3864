'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Badge } from '#components/ui/status.tsx';
import { paths } from '#lib/model/paths.ts';
import type { DeliveryResult } from '#lib/model/repository.ts';
import type { WebhookDelivery } from '#lib/model/repository-schema.ts';

export type RecentDeliveries = BoundAction<{ id: string }, { items: WebhookDelivery[] }>;

const RESULT_WORDS: Record<DeliveryResult, string> = {
  received: 'Waiting',
  ping: 'Ping',
  allowed: 'Allowed',
  not_allowed: 'Not allowed',
  fork: 'Fork',
  unknown_repository: 'Other repository',
  no_trigger: 'Starts nothing',
};
const TONES: Partial<Record<DeliveryResult, 'ok' | 'warning'>> = {
  ping: 'ok',
  allowed: 'ok',
  not_allowed: 'warning',
  fork: 'warning',
  unknown_repository: 'warning',
};

/** What a webhook delivered of late and what became of it, read when it is opened. */
export function RepositoryDeliveries(props: { id: string; read: RecentDeliveries; renderedAtMs: number }) {
  const { id, read, renderedAtMs } = props;
  const [answer, setAnswer] = useState<Awaited<ReturnType<RecentDeliveries>> | null>(null);
  useEffect(() => {
    let isShown = true;
    void read({ id }).then((given) => {
      if (isShown) setAnswer(given);
    });
    return () => {
      isShown = false;
    };
  }, [id, read]);
  if (answer === null) return <p className="basis-full text-xs text-muted">Reading the deliveries…</p>;
  if (!answer.ok)
    return (
      <p role="alert" className="basis-full text-xs text-critical-text">
        {answer.error.message}
      </p>
    );
  if (answer.data.items.length === 0)
    return <p className="basis-full text-xs text-muted">Nothing was delivered in the last 30 days.</p>;
  return (
    <ul aria-label="Recent deliveries" className="basis-full text-xs">
      {answer.data.items.map((delivery) => (
        <li
          key={delivery.id}
          className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-1.5"
        >
          <Badge tone={TONES[delivery.result]}>{RESULT_WORDS[delivery.result]}</Badge>
          <span className="wrap-anywhere">
            {delivery.event}
            {delivery.ref !== null && ` of ${delivery.ref.replace(/^refs\/(heads|tags)\//, '')}`}
            {delivery.sha !== null && ` at ${delivery.sha.slice(0, 7)}`}
          </span>
          <span className="text-muted wrap-anywhere">{delivery.reason}</span>
          {delivery.started.map(({ deploymentId, message }) =>
            deploymentId === null ? (
              <span key={message} className="text-muted wrap-anywhere">
                {message || 'On its way.'}
              </span>
            ) : (
              <Link key={deploymentId} href={paths.deployment(deploymentId)} className="underline">
                Deployment
              </Link>
            ),
          )}
          <span className="text-muted">
            <Ago atMs={delivery.receivedAt} renderedAtMs={renderedAtMs} />
          </span>
        </li>
      ))}
    </ul>
  );
}
