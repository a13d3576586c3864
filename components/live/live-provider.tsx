'use client';

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { TeamEvent } from '#lib/model/event.ts';
import type { AgentDelta, AgentSnapshot, EventsDelta, FleetDelta, FleetSnapshot } from '#lib/model/live.ts';
import { LiveConnection, pageTokenSource } from './connection.ts';
import { SIGNED_OUT_EVENT } from './refusal-words.ts';
import { AgentStore, FleetStore } from './stores.ts';

/** Told of each event, and of `resync` when events may have been missed: reload what they describe. */
export type TeamEventHandler = (event: TeamEvent | { type: 'resync' }) => void;

/** Everything live of one team in one page. */
export class LiveTeam {
  readonly connection: LiveConnection;
  readonly fleet = new FleetStore();
  readonly agents = new Map<string, AgentStore>();
  readonly eventHandlers = new Set<TeamEventHandler>();
  #eventsBefore = false;

  constructor(teamId: string, realtimeUrl: string) {
    this.connection = new LiveConnection(realtimeUrl, pageTokenSource(teamId));
  }

  holdFleet(): () => void {
    return this.connection.hold({ view: 'fleet' }, () => ({
      load: (snapshot) => this.fleet.load(snapshot as FleetSnapshot),
      apply: (delta) => this.fleet.apply(delta as FleetDelta),
    }));
  }

  agent(agentId: string): AgentStore {
    let store = this.agents.get(agentId);
    if (!store) {
      store = new AgentStore();
      this.agents.set(agentId, store);
    }
    return store;
  }

  holdAgent(agentId: string): () => void {
    const store = this.agent(agentId);
    return this.connection.hold({ view: 'agent', agentId }, () => ({
      load: (snapshot) => store.load(snapshot as AgentSnapshot),
      apply: (delta) => store.apply(delta as AgentDelta),
    }));
  }

  holdEvents(handler: TeamEventHandler): () => void {
    this.eventHandlers.add(handler);
    const release = this.connection.hold(
      { view: 'events' },
      () => ({
        load: () => {
          // The first snapshot only says where the numbering starts; a later one means a hole.
          if (this.#eventsBefore) this.#tell({ type: 'resync' });
          this.#eventsBefore = true;
        },
        apply: (delta) => {
          const { event } = delta as EventsDelta;
          if (event) this.#tell(event);
        },
      }),
      true,
    );
    return () => {
      this.eventHandlers.delete(handler);
      release();
    };
  }

  #tell(event: TeamEvent | { type: 'resync' }): void {
    for (const handler of this.eventHandlers) handler(event);
  }
}

const LiveContext = createContext<LiveTeam | null>(null);

/** Everything live of the team around this component. @throws Error outside a LiveProvider */
export function useLiveTeam(): LiveTeam {
  const team = useContext(LiveContext);
  if (!team) throw new Error('no LiveProvider around this component');
  return team;
}

function useLiveTeamOf(teamId: string, realtimeUrl: string): LiveTeam {
  const [held, setHeld] = useState(() => ({ teamId, realtimeUrl, team: new LiveTeam(teamId, realtimeUrl) }));
  if (held.teamId === teamId && held.realtimeUrl === realtimeUrl) return held.team;
  const next = { teamId, realtimeUrl, team: new LiveTeam(teamId, realtimeUrl) };
  setHeld(next);
  return next.team;
}

/**
 * Holds the connection of a page to the realtime service, for every hook below it.
 *
 * @param realtimeUrl origin of the realtime service, such as `http://localhost:3001`
 */
export function LiveProvider(props: { teamId: string; realtimeUrl: string; children: ReactNode }) {
  const team = useLiveTeamOf(props.teamId, props.realtimeUrl);
  useEffect(() => {
    const { connection } = team;
    const onVisibility = () => connection.setHidden(document.visibilityState === 'hidden');
    const onSignedOut = () => connection.signedOut();
    connection.start();
    const timer = setInterval(() => connection.tick(), 1000);
    document.addEventListener('visibilitychange', onVisibility);
    window.addEventListener(SIGNED_OUT_EVENT, onSignedOut);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener(SIGNED_OUT_EVENT, onSignedOut);
      connection.stop();
    };
  }, [team]);
  return <LiveContext value={team}>{props.children}</LiveContext>;
}
