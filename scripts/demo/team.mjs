/** One team of the demo in a process of its own, because a resource describes one service. */
import { metrics } from '@opentelemetry/api';
import { chance, logNormal, sleep } from './chance.mjs';
import { fleet } from './fleet.mjs';
import { startTelemetry } from './telemetry.mjs';

const serviceName = process.argv[2];
const team = fleet[serviceName];
if (team === undefined)
  throw new Error(`unknown team ${serviceName}; known: ${Object.keys(fleet).join(', ')}`);

const telemetry = startTelemetry(serviceName, team.version);
const { runAgent } = await import('./agents.mjs');
const inFlight = new Set();
let stopping = false;

const meter = metrics.getMeter('pitwall-demo');
meter
  .createObservableGauge('agent.queue.depth', { unit: '{request}' })
  .addCallback((result) => result.observe(inFlight.size));
meter
  .createObservableGauge('process.memory.usage', { unit: 'By' })
  .addCallback((result) => result.observe(process.memoryUsage.rss()));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopping = true;
  });
}

const speed = Number(process.env.DEMO_SPEED ?? 1);
while (!stopping) {
  const burst = chance(0.05) ? 4 : 1;
  for (let i = 0; i < burst; i++) {
    const run = runAgent(team, team.entry).catch(() => undefined);
    inFlight.add(run);
    run.finally(() => inFlight.delete(run));
  }
  await sleep(logNormal((60_000 / team.runsPerMinute) * 0.85, 0.6) / speed);
}
await Promise.race([Promise.allSettled(inFlight), sleep(10_000)]);
await telemetry.stop();
process.exit(0);
