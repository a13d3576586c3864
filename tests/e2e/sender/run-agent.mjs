/**
 * A real AI SDK agent for the journeys: runs once for each line on its standard input and prints
 * `ended <n> <from> <to>` when the run's span has ended and was exported, between which moments (Unix milliseconds). Built on the packages of the demo.
 */
import { createInterface } from 'node:readline';
import { runAgent } from '../../../scripts/demo/agents.mjs';
import { startTelemetry } from '../../../scripts/demo/telemetry.mjs';

const name = process.argv[2] ?? 'journey';
const team = {
  agents: {
    [name]: {
      provider: 'openai',
      model: 'gpt-4o-mini',
      latencyMs: 20,
      inputTokens: 400,
      outputTokens: 80,
      tools: [],
      calls: [],
      errorRate: 0,
      cachedShare: 0,
      reasoningShare: 0,
      driftPerHour: 0,
    },
  },
};

const telemetry = startTelemetry('journeys', '1.0.0');
let runs = 0;
for await (const _line of createInterface({ input: process.stdin })) {
  const from = Date.now();
  await runAgent(team, name);
  await telemetry.flush();
  process.stdout.write(`ended ${++runs} ${from} ${Date.now()}\n`);
}
await telemetry.stop();
