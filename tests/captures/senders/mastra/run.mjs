// A planner of Mastra that streams, uses a tool and asks its sub-agent; traces as protobuf, and its logs.
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { MockLanguageModelV3, simulateReadableStream } from 'ai/test';
import { z } from 'zod';

const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
const usage = (input, output, cacheRead = 0, reasoning = 0) => ({
  inputTokens: { total: input, noCache: input - cacheRead, cacheRead, cacheWrite: 0 },
  outputTokens: { total: output, text: output - reasoning, reasoning },
});
const reason = (unified) => ({ unified, raw: unified });
const call = (toolName, input) => ({
  type: 'tool-call',
  toolCallId: `call-${toolName}`,
  toolName,
  input: JSON.stringify(input),
});
const says = (text, tokens) => [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: text },
  { type: 'text-end', id: 't' },
  { type: 'finish', finishReason: reason('stop'), usage: tokens },
];
function model(provider, modelId, answers) {
  const remaining = [...answers];
  return new MockLanguageModelV3({
    provider,
    modelId,
    doGenerate: async () => {
      throw new Error('model overloaded');
    },
    doStream: async () => {
      const chunks = remaining.shift();
      if (chunks === undefined) throw new Error('model overloaded');
      return { stream: simulateReadableStream({ chunks }) };
    },
  });
}

const researcher = new Agent({
  id: 'researcher',
  name: 'Researcher',
  description: 'Answers questions about cities',
  instructions: 'Research.',
  model: model('anthropic.messages', 'claude-sonnet-4-5', [says('Lisbon is sunny.', usage(900, 120, 600))]),
});
const weather = createTool({
  id: 'weather',
  description: 'Weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async () => ({ celsius: 24 }),
});
const planner = new Agent({
  id: 'planner',
  name: 'Planner',
  instructions: 'Plan trips.',
  model: model('openai.chat', 'gpt-4o', [
    [
      { type: 'stream-start', warnings: [] },
      call('weather', { city: 'Lisbon' }),
      call('agent-researcher', { prompt: 'Is Lisbon sunny?' }),
      { type: 'finish', finishReason: reason('tool-calls'), usage: usage(1000, 50) },
    ],
    says('Go to Lisbon.', usage(1300, 80, 1000, 30)),
  ]),
  agents: { researcher },
  tools: { weather },
});
const mastra = new Mastra({
  agents: { planner, researcher },
  logger: false,
  observability: new Observability({
    configs: {
      otel: {
        serviceName: 'trip-service',
        exporters: [
          new OtelExporter({
            provider: { custom: { endpoint: `${endpoint}/v1/traces`, protocol: 'http/protobuf' } },
            timeout: 5000,
          }),
        ],
      },
    },
  }),
});

const result = await mastra.getAgent('planner').stream('Plan a trip', { maxSteps: 4 });
await result.consumeStream();
await mastra
  .getAgent('planner')
  .generate('Plan again', { maxSteps: 1, modelSettings: { maxRetries: 0 } })
  .catch(() => undefined);
await mastra.observability.shutdown();
