import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';

interface Watched {
  sockets(): number;
  rooms(): number;
  behind(): number;
  waiting(): number;
  teams(): number;
  agents(): number;
}

/** The realtime process's own metrics. No label carries a team, a user or an agent. */
export function createRealtimeMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  return {
    registry,
    ticks: new Counter({
      name: 'pitwall_realtime_ticks_total',
      help: 'Live ticks taken from the bus by what came of them.',
      labelNames: ['result'],
      registers,
    }),
    busLag: new Histogram({
      name: 'pitwall_realtime_bus_lag_seconds',
      help: 'Time from the end of a tick at its writer to its arrival here.',
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    deltas: new Counter({
      name: 'pitwall_realtime_deltas_total',
      help: 'Deltas encoded, one a room and tick.',
      registers,
    }),
    frames: new Counter({
      name: 'pitwall_realtime_frames_total',
      help: 'Frames handed to sockets by the path they took.',
      labelNames: ['path'],
      registers,
    }),
    bytes: new Counter({
      name: 'pitwall_realtime_bytes_total',
      help: 'Bytes handed to sockets by broadcasts.',
      registers,
    }),
    snapshots: new Counter({
      name: 'pitwall_realtime_snapshots_total',
      help: 'Positions answered to browsers by reason; resumed ones got deltas instead of a snapshot.',
      labelNames: ['why'],
      registers,
    }),
    slow: new Counter({
      name: 'pitwall_realtime_slow_consumers_total',
      help: 'Sockets that could not follow, by what became of them.',
      labelNames: ['what'],
      registers,
    }),
    refused: new Counter({
      name: 'pitwall_realtime_refused_total',
      help: 'Handshakes and packets refused by reason.',
      labelNames: ['reason'],
      registers,
    }),
    /** Adds the gauges that are read when somebody scrapes. */
    watch(watched: Watched): void {
      gauge('pitwall_realtime_sockets', 'Open sockets.', watched.sockets);
      gauge('pitwall_realtime_rooms', 'Rooms, one for each socket included.', watched.rooms);
      gauge('pitwall_realtime_sockets_behind', 'Sockets that wait for a snapshot.', watched.behind);
      gauge('pitwall_realtime_handshakes_waiting', 'Handshakes that wait for their turn.', watched.waiting);
      gauge('pitwall_realtime_teams', 'Teams in memory.', watched.teams);
      gauge('pitwall_realtime_agents', 'Agents in memory.', watched.agents);
    },
  };
}
export type RealtimeMetrics = ReturnType<typeof createRealtimeMetrics>;
