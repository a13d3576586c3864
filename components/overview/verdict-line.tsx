'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { Fragment } from 'react';
import type { FleetAgent } from '#components/agents/fleet.ts';
import { STATUS_LOOKS, StatusMark, TONE_TEXT } from '#components/ui/status.tsx';
import { paths } from '#lib/model/paths.ts';
import { verdictOf } from './verdict.ts';

/** The conclusion of the page in words, with the agents it is about. */
export function VerdictLine({ agents }: { agents: readonly FleetAgent[] }) {
  const verdict = verdictOf(agents);
  return (
    <div data-verdict={verdict.tone} className="min-w-0">
      <h1 className="text-lg font-medium tracking-tight text-balance md:text-xl">{verdict.line}</h1>
      {verdict.named.length > 0 && (
        <p className="mt-1 flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-sm text-muted">
          {verdict.named.map((agent, i) => (
            <Fragment key={agent.id}>
              <span className="inline-flex min-w-0 items-center gap-1.5">
                <StatusMark status={agent.status} />
                <Link
                  href={paths.agent(agent.id)}
                  className="font-medium text-ink underline-offset-2 hover:underline"
                >
                  {agent.name}
                </Link>
                <span className={clsx(TONE_TEXT[STATUS_LOOKS[agent.status].tone])}>
                  {STATUS_LOOKS[agent.status].word.toLowerCase()}
                </span>
              </span>
              {i < verdict.named.length - 1 && <span aria-hidden="true">·</span>}
            </Fragment>
          ))}
          {verdict.more > 0 && (
            <Link
              href={paths.agents({ sort: 'attention' })}
              className="underline underline-offset-2 hover:text-ink"
            >
              and {verdict.more} more
            </Link>
          )}
        </p>
      )}
    </div>
  );
}
