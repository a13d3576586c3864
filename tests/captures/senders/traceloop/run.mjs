// The wrappers of Traceloop around the OpenAI SDK: a workflow, an agent in it, a tool and a sub-agent.
import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';
import { startFakeOpenAi } from '../fake-openai.mjs';

traceloop.initialize({
  appName: 'trip-service',
  apiKey: 'none',
  baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  traceloopSyncEnabled: false,
  silenceInitializationMessage: true,
  instrumentModules: { openAI: OpenAI },
});

const fake = await startFakeOpenAi([
  { text: 'Ask the researcher.', usage: [300, 30, 100] },
  { text: 'Lisbon is sunny.', usage: [200, 40] },
  { status: 500 },
]);
const client = new OpenAI({ baseURL: fake.url, apiKey: 'none', maxRetries: 0 });
const chat = (content) =>
  client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }] });

await traceloop.withAssociationProperties({ session_id: 'session-7' }, () =>
  traceloop.withWorkflow({ name: 'trip' }, () =>
    traceloop.withAgent({ name: 'planner' }, async () => {
      await chat('Plan a trip');
      await traceloop.withTool({ name: 'weather' }, async () => ({ celsius: 24 }));
      await traceloop.withAgent({ name: 'researcher' }, () => chat('Is Lisbon sunny?'));
      await chat('Plan again').catch(() => undefined);
    }),
  ),
);

fake.close();
await traceloop.forceFlush();
