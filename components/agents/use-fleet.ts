'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef } from 'react';
import { useFleetRows } from '#components/live/hooks.ts';
import type { AgentRow } from '#lib/model/agent-view.ts';
import { type FleetAgent, type Known, mergeFleet } from './fleet.ts';

/** Agents that the page doesn't know in full are asked for once, at most this often. */
const REFRESH_MS = 5000;

/** The fleet of a page: rows it was rendered with, kept current by what is live. */
export function useFleet(initial: readonly AgentRow[]): readonly FleetAgent[] {
  const lives = useFleetRows();
  const latest = useRef(lives);
  latest.current = lives;
  const router = useRouter();
  const known = useRef(new Map<string, Known>());
  const bases = useMemo(() => new Map(initial.map((row) => [row.id, row])), [initial]);
  const agents = useMemo(() => mergeFleet(bases, lives, known.current), [bases, lives]);
  const asked = useRef(new Set<string>());
  const strangers =
    lives?.some((live) => !bases.has(live.agentId) && !asked.current.has(live.agentId)) ?? false;

  useEffect(() => {
    if (!strangers) return;
    const timer = setTimeout(() => {
      for (const { agentId } of latest.current ?? []) asked.current.add(agentId);
      router.refresh();
    }, REFRESH_MS);
    return () => clearTimeout(timer);
  }, [strangers, router]);
  return agents;
}
