// OpenAI Agents through the OpenInference bridge: triage hands over to the refund agent, which uses a tool.
import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents';
import * as agents from '@openai/agents';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OpenAI } from 'openai';
import { z } from 'zod';
import { startFakeOpenAi } from '../fake-openai.mjs';

const sdk = new NodeSDK();
sdk.start();
const instrumentation = new OpenAIAgentsInstrumentation();
instrumentation.manuallyInstrument(agents);

const fake = await startFakeOpenAi([
  { tool: 'transfer_to_Refund_agent', input: {}, usage: [500, 20] },
  { tool: 'look_up_order', input: { order: 17 }, usage: [700, 25, 400] },
  { text: 'Your refund is on its way.', usage: [800, 60, 0, 10] },
  { status: 500 },
]);
agents.setDefaultOpenAIClient(new OpenAI({ baseURL: fake.url, apiKey: 'none', maxRetries: 0 }));
agents.setOpenAIAPI('chat_completions');

const lookUpOrder = agents.tool({
  name: 'look_up_order',
  description: 'Looks an order up',
  parameters: z.object({ order: z.number() }),
  execute: async () => 'paid',
});
const refund = new agents.Agent({
  name: 'Refund agent',
  instructions: 'Refund.',
  model: 'gpt-4o',
  tools: [lookUpOrder],
});
const triage = agents.Agent.create({
  name: 'Triage agent',
  instructions: 'Triage.',
  model: 'gpt-4o',
  handoffs: [refund],
});

await agents.run(triage, 'I want my money back');
await agents.run(triage, 'Hello?').catch(() => undefined);

fake.close();
await sdk.shutdown();
