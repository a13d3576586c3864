/**
 * One release of an agent, which gets requests at a steady rate until it is ended. A bad one fails at every fifth request
 * or so and takes twice the tokens, and so twice the cost.
 */

import { chance, sleep } from './chance.mjs';
import { fleet } from './fleet.mjs';
import { startTelemetry } from './telemetry.mjs';

const [name, version, quality] = process.argv.slice(2);
const isBad = quality === 'bad';
const { agents } = fleet['support-desk'];
const agent = {
  ...agents.triage,
  ...{ tools: [], calls: [], latencyMs: 40, errorRate: isBad ? 0.2 : 0.002 },
  inputTokens: agents.triage.inputTokens * (isBad ? 2 : 1),
  outputTokens: agents.triage.outputTokens * (isBad ? 2 : 1),
};
const telemetry = startTelemetry(name, version);
const { runAgent } = await import('./agents.mjs');
const RUNS_PER_SECOND = Number(process.env.DEMO_RUNS_PER_SECOND ?? 8);

let stopping = false;
process.once('SIGTERM', () => {
  stopping = true;
});
process.on('disconnect', () => process.exit(0));
const inFlight = new Set();
while (!stopping) {
  const run = runAgent({ agents: { [name]: agent } }, name).catch(() => undefined);
  inFlight.add(run);
  run.finally(() => inFlight.delete(run));
  await sleep((1000 / RUNS_PER_SECOND) * (chance(0.5) ? 0.8 : 1.2));
}
await Promise.allSettled(inFlight);
await telemetry.stop();
process.exit(0);
