'use client';

import { List, ListItem } from '@tremor/react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTeamEvents } from '#components/live/hooks.ts';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { STATUS_LOOKS, StatusMark } from '#components/ui/status.tsx';
import type { TransitionRow } from '#lib/model/agent-view.ts';
import { paths } from '#lib/model/paths.ts';
import { addChange, type Change } from './add-change.ts';

interface ChangesProps {
  initial: readonly TransitionRow[];
  /** Names of the agents that may change, by id. */
  names: ReadonlyMap<string, string>;
  /** Only changes of these agents are shown; else also those of agents that are gone or just came. */
  narrowed: boolean;
  renderedAtMs: number;
}

/** Recent changes, newest first; what happens now is put on top. */
export function Changes({ initial, names, narrowed, renderedAtMs }: ChangesProps) {
  const [all, setChanges] = useState<readonly Change[]>(initial);
  useEffect(() => setChanges(initial), [initial]);
  const router = useRouter();
  useTeamEvents((event) => {
    if (event.type === 'resync') router.refresh();
    if (event.type !== 'agent.health') return;
    setChanges((before) => addChange(before, event, names.get(event.agentId) ?? 'An agent'));
  });
  const changes = narrowed ? all.filter((change) => names.has(change.agentId)) : all;

  return (
    <Card label="Recent changes" className="lg:min-h-52">
      <div className="flex max-h-80 flex-col lg:absolute lg:inset-0 lg:max-h-none">
        <CardHeader title="Recent changes" hint="health" />
        {changes.length === 0 ? (
          <p className="px-4 pt-1 pb-4 text-sm text-muted">No agent changed its state lately.</p>
        ) : (
          <List className="scroll-quiet fade-end min-h-0 flex-1 overflow-y-auto px-4 pb-6">
            {changes.map((change) => (
              <ListItem key={change.id} className="items-start gap-2.5 py-2">
                <StatusMark status={change.to} className="mt-1" />
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-baseline gap-x-1.5">
                    <Link
                      href={paths.agent(change.agentId, 'health')}
                      className="truncate font-medium hover:underline"
                    >
                      {change.agentName}
                    </Link>
                    <span className="text-muted">
                      {STATUS_LOOKS[change.from].word.toLowerCase()} →{' '}
                      {STATUS_LOOKS[change.to].word.toLowerCase()}
                    </span>
                  </p>
                  <p className="line-clamp-2 text-xs text-muted">{change.reason}</p>
                </div>
                <span className="shrink-0 text-xs text-muted">
                  <Ago atMs={change.at} renderedAtMs={renderedAtMs} />
                </span>
              </ListItem>
            ))}
          </List>
        )}
      </div>
    </Card>
  );
}
