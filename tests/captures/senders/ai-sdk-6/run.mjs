// The same two agents on the Vercel AI SDK 6 with its own spans, sent as OTLP/JSON; then an embedding.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { embed, generateText, stepCountIs, streamText, tool } from 'ai';
import { MockEmbeddingModelV3, MockLanguageModelV3, simulateReadableStream } from 'ai/test';
import { z } from 'zod';

process.env.OTEL_EXPORTER_OTLP_PROTOCOL = 'http/json';
const sdk = new NodeSDK();
sdk.start();

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
const telemetry = (functionId) => ({
  isEnabled: true,
  functionId,
  metadata: { sessionId: 'session-7', plan: 'pro' },
});

const researchModel = new MockLanguageModelV3({
  provider: 'anthropic.messages',
  modelId: 'claude-sonnet-4-5',
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'Lisbon is sunny.' }],
    finishReason: reason('stop'),
    usage: usage(900, 120, 600),
    warnings: [],
  }),
});
const steps = [
  [
    { type: 'stream-start', warnings: [] },
    call('weather', { city: 'Lisbon' }),
    call('askResearcher', { question: 'Is Lisbon sunny?' }),
    { type: 'finish', finishReason: reason('tool-calls'), usage: usage(1000, 50) },
  ],
  [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: 'Go to Lisbon.' },
    { type: 'text-end', id: 't' },
    { type: 'finish', finishReason: reason('stop'), usage: usage(1300, 80, 1000, 30) },
  ],
];
const planModel = new MockLanguageModelV3({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doStream: async () => ({ stream: simulateReadableStream({ chunks: steps.shift() }) }),
});

const planned = streamText({
  model: planModel,
  prompt: 'Plan a trip',
  stopWhen: stepCountIs(4),
  experimental_telemetry: telemetry('trip-planner'),
  tools: {
    weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async () => ({ celsius: 24 }) }),
    askResearcher: tool({
      inputSchema: z.object({ question: z.string() }),
      execute: async ({ question }) => {
        const result = await generateText({
          model: researchModel,
          prompt: question,
          experimental_telemetry: telemetry('researcher'),
        });
        return result.text;
      },
    }),
  },
});
await planned.consumeStream();

const failing = new MockLanguageModelV3({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doGenerate: async () => {
    throw new Error('model overloaded');
  },
});
const failed = { model: failing, prompt: 'Plan again', maxRetries: 0 };
await generateText({ ...failed, experimental_telemetry: telemetry('trip-planner') }).catch(() => undefined);

await embed({
  model: new MockEmbeddingModelV3({
    provider: 'openai.embedding',
    modelId: 'text-embedding-3-small',
    doEmbed: async () => ({ embeddings: [[0.1, 0.2]], usage: { tokens: 40 }, warnings: [] }),
  }),
  value: 'Lisbon',
  experimental_telemetry: telemetry('indexer'),
});

await sdk.shutdown();
