'use client';

import { createContext, type ReactNode, useContext } from 'react';
import { ask } from '#components/live/ask.ts';
import { useTeamEvents } from '#components/live/hooks.ts';
import { useFreshest } from '#components/live/use-freshest.ts';
import type { AwaitedApprovals } from '#lib/model/awaited-approval.ts';
import { paths } from '#lib/model/paths.ts';

const Awaited = createContext<AwaitedApprovals | null>(null);

/** Many may change at the same moment: they are asked for once, milliseconds. */
const REST_MS = 2000;

const read = () => ask<AwaitedApprovals>(paths.api.awaitedApprovals());
const newest = (_before: AwaitedApprovals, answer: AwaitedApprovals) => answer;

function Keeper({ initial, children }: { initial: AwaitedApprovals; children: ReactNode }) {
  const { value, refresh } = useFreshest(initial, read, newest, REST_MS);
  useTeamEvents((event) => {
    if (event.type !== 'deployment.changed' && event.type !== 'resync') return;
    const isKnown =
      event.type === 'deployment.changed' && value.items.some(({ id }) => id === event.deploymentId);
    // How a rollout goes on is no news here.
    if (event.type === 'resync' || event.status === 'awaiting_approval' || isKnown) void refresh();
  });
  return <Awaited value={value}>{children}</Awaited>;
}

/** Keeps what waits for the approval of this person, for all of the page; null: they approve nothing. */
export function AwaitedProvider({
  initial,
  children,
}: {
  initial: AwaitedApprovals | null;
  children: ReactNode;
}) {
  return initial === null ? children : <Keeper initial={initial}>{children}</Keeper>;
}

/** What waits for the approval of this person; null where they approve nothing. */
export const useAwaited = (): AwaitedApprovals | null => useContext(Awaited);
