'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { AgentLive, FleetRow, FleetTotals } from '#lib/model/live.ts';
import type { ConnectionStatus } from './connection.ts';
import { type TeamEventHandler, useLiveTeam } from './live-provider.tsx';

const nothing = () => null;
const connecting: ConnectionStatus = { state: 'connecting', ageMs: null, reason: null };
const whileConnecting = () => connecting;

/** State of the connection and age of the shown data; changes at most once a second while live. */
export function useConnection(): ConnectionStatus {
  const { connection } = useLiveTeam();
  return useSyncExternalStore(connection.onStatus, connection.status, whileConnecting);
}

/** All agents of the team, at most four changes a second; null until the first snapshot. A row is the same object until it changes. */
export function useFleetRows(): readonly FleetRow[] | null {
  const team = useLiveTeam();
  useEffect(() => team.holdFleet(), [team]);
  return useSyncExternalStore(team.fleet.notifier.subscribe, team.fleet.rows, nothing);
}

/** The team over the trailing minute; null until the first snapshot. */
export function useFleetTotals(): FleetTotals | null {
  const team = useLiveTeam();
  useEffect(() => team.holdFleet(), [team]);
  return useSyncExternalStore(team.fleet.notifier.subscribe, team.fleet.totals, nothing);
}

/** One agent over the trailing minute; null until its snapshot. */
export function useAgentLive(agentId: string): AgentLive | null {
  const team = useLiveTeam();
  const store = team.agent(agentId);
  useEffect(() => team.holdAgent(agentId), [team, agentId]);
  return useSyncExternalStore(store.notifier.subscribe, store.state, nothing);
}

/** Calls the latest `handler` with each team event, and with `resync` when some may have been missed. */
export function useTeamEvents(handler: TeamEventHandler): void {
  const team = useLiveTeam();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => team.holdEvents((event) => latest.current(event)), [team]);
}
