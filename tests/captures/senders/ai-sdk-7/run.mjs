// Two agents of the Vercel AI SDK 7: a planner that streams, uses a tool and asks a researcher as a tool;
// then a planner whose model fails.
import { OpenTelemetry } from '@ai-sdk/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { generateText, registerTelemetry, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { z } from 'zod';

const sdk = new NodeSDK();
sdk.start();
registerTelemetry(new OpenTelemetry());

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
const answer = (content, finish, tokens) => ({
  content,
  finishReason: reason(finish),
  usage: tokens,
  warnings: [],
});

const researchModel = new MockLanguageModelV4({
  provider: 'anthropic.messages',
  modelId: 'claude-sonnet-4-5',
  doGenerate: [answer([{ type: 'text', text: 'Lisbon is sunny.' }], 'stop', usage(900, 120, 600))],
});
const parts = (...chunks) => ({ stream: simulateReadableStream({ chunks }) });
const planModel = new MockLanguageModelV4({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doStream: [
    parts(
      { type: 'stream-start', warnings: [] },
      call('weather', { city: 'Lisbon' }),
      call('askResearcher', { question: 'Is Lisbon sunny?' }),
      { type: 'finish', finishReason: reason('tool-calls'), usage: usage(1000, 50) },
    ),
    parts(
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'Go to Lisbon.' },
      { type: 'text-end', id: 't' },
      { type: 'finish', finishReason: reason('stop'), usage: usage(1300, 80, 1000, 30) },
    ),
  ],
});

const planned = streamText({
  model: planModel,
  prompt: 'Plan a trip',
  stopWhen: stepCountIs(4),
  telemetry: { functionId: 'trip-planner' },
  tools: {
    weather: tool({
      description: 'Weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: async () => ({ celsius: 24 }),
    }),
    askResearcher: tool({
      description: 'Ask the researcher',
      inputSchema: z.object({ question: z.string() }),
      execute: async ({ question }) => {
        const result = await generateText({
          model: researchModel,
          prompt: question,
          telemetry: { functionId: 'researcher' },
        });
        return result.text;
      },
    }),
  },
});
await planned.consumeStream();

const failing = new MockLanguageModelV4({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doGenerate: async () => {
    throw new Error('model overloaded');
  },
});
await generateText({
  model: failing,
  prompt: 'Plan again',
  maxRetries: 0,
  telemetry: { functionId: 'trip-planner' },
}).catch(() => undefined);

await sdk.shutdown();
