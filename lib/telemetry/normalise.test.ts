import { describe, expect, test } from 'vitest';
import { boundedAgentName } from '#lib/model/agent.ts';
import type { NormalisedSpan } from '#lib/model/telemetry.ts';
import { normaliseTraces } from './normalise.ts';
import type { AttributeValue, RawAttributes, RawSpan } from './otlp/raw.ts';
import { RefusalCount } from './otlp/refusals.ts';
import { describeSeries } from './series-identity.ts';
import { TraceMemory } from './trace-memory.ts';

type Attributes = Record<string, AttributeValue>;

interface Sent {
  id: string;
  parent?: string;
  name?: string;
  scope?: string;
  attributes?: Attributes;
  resource?: RawAttributes;
  events?: { name: string; attributes: Attributes }[];
  statusCode?: number;
}

const SHOP: RawAttributes = new Map([['service.name', 'shop']]);
const START_NS = 1_795_000_000_000_000_000n;

function raw(sent: Sent): RawSpan {
  return {
    resource: sent.resource ?? SHOP,
    scope: { name: sent.scope ?? 'test', version: '1' },
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: sent.id.padStart(16, '0'),
    parentSpanId: sent.parent === undefined ? null : sent.parent.padStart(16, '0'),
    name: sent.name ?? 'span',
    kind: 1,
    startNs: START_NS,
    endNs: START_NS + 250_000_000n,
    attributes: new Map(Object.entries(sent.attributes ?? {})),
    events: (sent.events ?? []).map(({ name, attributes }) => ({
      name,
      timeNs: START_NS,
      attributes: new Map(Object.entries(attributes)),
    })),
    statusCode: sent.statusCode ?? 0,
    statusMessage: '',
    droppedItems: 0,
  };
}

const decoded = (spans: Sent[]) => ({ spans: spans.map(raw), refusals: new RefusalCount() });

function normalise(...spans: Sent[]): NormalisedSpan[] {
  return normaliseTraces(decoded(spans)).spans;
}

function one(attributes: Attributes, more: Partial<Sent> = {}): NormalisedSpan {
  const [span] = normalise({ id: '1', attributes, ...more });
  return span!;
}

const chat = (id: string, parent: string | undefined, attributes: Attributes = {}): Sent => ({
  id,
  parent,
  name: 'chat gpt-4o',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
    ...attributes,
  },
});
const agent = (id: string, name: string, parent?: string, attributes: Attributes = {}): Sent => ({
  id,
  parent,
  name: `invoke_agent ${name}`,
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name, ...attributes },
});
const tool = (id: string, name: string, parent?: string): Sent => ({
  id,
  parent,
  name: `execute_tool ${name}`,
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name },
});

describe('operations (telemetry 4.2, 4.6)', () => {
  test.each<[string, Attributes, string]>([
    ['generation 1 of gen_ai', { 'gen_ai.system': 'openai', 'gen_ai.operation.name': 'chat' }, 'chat'],
    ['memory of gen_ai', { 'gen_ai.operation.name': 'search_memory' }, 'memory'],
    ['OpenInference', { 'openinference.span.kind': 'RETRIEVER' }, 'retrieval'],
    ['OpenInference in lower case', { 'openinference.span.kind': 'llm' }, 'chat'],
    ['AI SDK 6', { 'ai.operationId': 'ai.streamObject.doStream' }, 'chat'],
    ['AI SDK 6 embeddings', { 'ai.operationId': 'ai.embedMany.doEmbed' }, 'embeddings'],
    ['Mastra', { 'mastra.span.type': 'workflow_run' }, 'invoke_workflow'],
    ['Traceloop', { 'traceloop.span.kind': 'tool' }, 'execute_tool'],
    ['Traceloop model span', { 'llm.request.type': 'chat', 'gen_ai.system': 'Anthropic' }, 'chat'],
    ['Langfuse', { 'langfuse.observation.type': 'generation' }, 'chat'],
    ['LangSmith', { 'langsmith.span.kind': 'llm' }, 'chat'],
    ['MLflow', { 'mlflow.spanType': '"RETRIEVER"' }, 'retrieval'],
    ['AgentOps', { 'agentops.span.kind': 'workflow' }, 'invoke_workflow'],
    ['MCP', { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'search' }, 'execute_tool'],
    ['Semantic Kernel', { 'gen_ai.operation.name': 'chat.completions' }, 'chat'],
    [
      'a proxy that only counts',
      { 'gen_ai.request.model': 'm', 'gen_ai.usage.prompt_tokens': 1, 'gen_ai.usage.completion_tokens': 1 },
      'chat',
    ],
    [
      'a type span of Langfuse around gen_ai',
      { 'langfuse.observation.type': 'span', 'gen_ai.operation.name': 'chat' },
      'chat',
    ],
    ['something else', { 'http.route': '/pay' }, 'step'],
  ])('%s', (_, attributes, operation) => {
    expect(one(attributes).operation).toBe(operation);
  });

  test('an unknown operation is a plain step that keeps the word of its sender', () => {
    expect(one({ 'gen_ai.operation.name': 'decide' })).toMatchObject({
      operation: 'step',
      rawOperation: 'decide',
    });
  });

  test('a model span that a framework wraps around the span of the SDK is a step, and counts nothing', () => {
    const [outer, inner] = normalise(
      {
        id: '1',
        attributes: {
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'gpt-4o',
          'llm.token_count.prompt': 100,
          'llm.token_count.completion': 10,
        },
      },
      chat('2', '1'),
    );
    expect([outer!.operation, outer!.usage]).toEqual(['step', null]);
    expect(inner!.usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
  });
});

describe('agents and owners (telemetry 4.5)', () => {
  test('the root workflow of OpenAI Agents is no run of an agent, its named agents are', () => {
    const scope = 'openinference.instrumentation.openai_agents';
    const [root, triage] = normalise(
      { id: '1', name: 'Agent workflow', scope, attributes: { 'openinference.span.kind': 'AGENT' } },
      {
        id: '2',
        parent: '1',
        name: 'Triage',
        scope,
        attributes: { 'openinference.span.kind': 'AGENT', 'graph.node.id': 'Triage' },
      },
    );
    expect(root).toMatchObject({ operation: 'invoke_workflow', isAgentRun: false });
    expect(triage).toMatchObject({ isAgentRun: true, agentName: 'Triage' });
  });

  test.each<[string, Partial<Sent>, string]>([
    [
      'Traceloop',
      {
        name: 'planner.agent',
        attributes: { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'planner' },
      },
      'planner',
    ],
    [
      'Pydantic AI',
      { name: 'agent run', attributes: { agent_name: 'support', 'gen_ai.usage.input_tokens': 5 } },
      'support',
    ],
    [
      'Google ADK',
      {
        name: 'invoke_agent weather',
        attributes: { 'gen_ai.agent.name': 'weather', 'gen_ai.operation.name': 'invoke_agent' },
      },
      'weather',
    ],
    ['older Google ADK', { name: 'agent_run [weather]' }, 'weather'],
    [
      'CrewAI',
      { name: 'Researcher._execute_core', attributes: { 'openinference.span.kind': 'AGENT' } },
      'Researcher',
    ],
    [
      'a LangGraph node',
      { name: 'research_agent', attributes: { 'openinference.span.kind': 'AGENT' } },
      'research_agent',
    ],
    [
      'Langfuse',
      { name: 'refund-agent', attributes: { 'langfuse.observation.type': 'agent' } },
      'refund-agent',
    ],
    [
      'AI SDK 6',
      {
        name: 'ai.generateText',
        attributes: { 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'summarise' },
      },
      'summarise',
    ],
  ])('an agent of %s is one run of its agent', (_, sent, name) => {
    const [span] = normalise({ id: '1', ...sent });
    expect(span).toMatchObject({ isAgentRun: true, agentName: name, ownerSource: 'own' });
  });

  test('without a name there is no run: AI SDK 7 puts the model into the name of the span', () => {
    const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-4o' };
    expect(one(attributes, { name: 'invoke_agent gpt-4o' })).toMatchObject({
      isAgentRun: false,
      agentName: 'shop',
    });
    expect(one({ 'openinference.span.kind': 'AGENT' }, { name: 'AgentExecutor' }).isAgentRun).toBe(false);
  });

  test('a model span belongs to its nearest agent, through steps and tools', () => {
    const spans = normalise(
      agent('1', 'planner'),
      { id: '2', parent: '1' },
      chat('3', '2'),
      tool('4', 'ask', '2'),
      agent('5', 'researcher', '4'),
      chat('6', '5'),
    );
    expect(spans.map(({ agentName }) => agentName)).toEqual([
      'planner',
      'planner',
      'planner',
      'planner',
      'researcher',
      'researcher',
    ]);
    expect(spans[2]).toMatchObject({ ownerSource: 'ancestor' });
  });

  test.each<[string, Attributes, string]>([
    ['OpenInference', { metadata: '{"langgraph_node":"researcher","thread_id":"t1"}' }, 'researcher'],
    ['Traceloop', { 'traceloop.association.properties.langgraph_node': 'researcher' }, 'researcher'],
    ['LangSmith', { 'langsmith.metadata.langgraph_node': 'researcher' }, 'researcher'],
    [
      'a prebuilt agent in a graph',
      { metadata: '{"langgraph_node":"agent","langgraph_checkpoint_ns":"writer:1|agent:2"}' },
      'writer',
    ],
    ['a tool node', { metadata: '{"langgraph_node":"tools","checkpoint_ns":"writer:1|tools:2"}' }, 'writer'],
  ])('LangGraph metadata of %s names the owner', (_, attributes, owner) => {
    const span = one({ ...chat('1', undefined).attributes, ...attributes });
    expect(span).toMatchObject({ agentName: owner, ownerSource: 'langgraph' });
  });

  test('a node of a prebuilt graph alone names nobody: the service owns it', () => {
    expect(one({ metadata: '{"langgraph_node":"agent"}' })).toMatchObject({
      agentName: 'shop',
      ownerSource: 'service',
    });
  });

  test('the service is identified as design says, and unknown_service where nothing is sent', () => {
    const resource = new Map([
      ['deployment.environment', 'prod'],
      ['service.namespace', 'eu'],
      ['k8s.pod.name', 'p-1'],
    ]);
    expect(one({}, { resource })).toMatchObject({
      serviceName: 'unknown_service',
      environment: 'prod',
      serviceNamespace: 'eu',
      serviceInstance: 'p-1',
    });
    expect(one({}).environment).toBe('default');
  });

  test('a circle of parents ends', () => {
    expect(normalise({ id: '1', parent: '2' }, { id: '2', parent: '1' })).toHaveLength(2);
  });
});

describe('across requests', () => {
  const send = (memory: TraceMemory, ...spans: Sent[]) => normaliseTraces(decoded(spans), { memory });

  test('children that came before their agent are attributed when it arrives', () => {
    const memory = new TraceMemory();
    const [early] = send(memory, chat('3', '2')).spans;
    expect(early).toMatchObject({ agentName: 'shop', ownerSource: 'service' });
    expect(send(memory, { id: '2', parent: '1' }).reattributed).toEqual([]);
    const { reattributed } = send(memory, agent('1', 'planner'));
    expect(reattributed.map(({ spanId }) => Number(spanId)).sort()).toEqual([2, 3]);
    for (const change of reattributed) {
      expect(change).toMatchObject({ fromAgent: 'shop', toAgent: 'planner', handOff: null });
    }
  });

  test('the hand-off to an agent that came before its caller is told when the caller arrives', () => {
    const memory = new TraceMemory();
    send(memory, agent('3', 'researcher', '2'));
    send(memory, { id: '2', parent: '1' });
    const { reattributed } = send(memory, agent('1', 'planner'));
    expect(reattributed.find(({ toAgent }) => toAgent === 'researcher')).toMatchObject({
      handOff: { fromAgent: 'planner', toAgent: 'researcher', mode: 'nested' },
    });
  });

  test('usage of a container is not counted when its model calls came in an earlier request', () => {
    const memory = new TraceMemory();
    send(memory, chat('3', '2'));
    const [, root] = send(
      memory,
      { id: '2', parent: '1' },
      agent('1', 'planner', undefined, { 'gen_ai.usage.input_tokens': 100 }),
    ).spans;
    expect(root!.usage).toBeNull();
  });

  test('memory is bounded: old spans are forgotten, new ones are still understood', () => {
    const memory = new TraceMemory(10);
    for (let i = 0; i < 100; i++) send(memory, { id: String(i + 100), parent: '1' });
    expect(send(memory, agent('1', 'planner'), chat('2', '1')).spans[1]!.agentName).toBe('planner');
  });
});

describe('usage and cost (telemetry 4.3, 4.5)', () => {
  test('containers repeat the usage of their model calls: only the leaves count', () => {
    const spans = normalise(
      agent('1', 'planner', undefined, {
        'gen_ai.usage.input_tokens': 200,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cost': 9,
      }),
      chat('2', '1'),
      chat('3', '1'),
    );
    expect(spans.map(({ usage }) => usage?.inputTokens ?? null)).toEqual([null, 100, 100]);
    expect(spans[0]!.costReported).toBeNull();
  });

  test('a cost counts on the leaves only, where calls report no tokens too', () => {
    const priceless = (id: string, parent: string): Sent => ({
      ...{ id, parent },
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': 2 },
    });
    const spans = normalise(
      agent('1', 'planner', undefined, { 'gen_ai.usage.input_tokens': 200, 'gen_ai.usage.cost': 4 }),
      priceless('2', '1'),
      priceless('3', '1'),
    );
    expect(spans.map(({ costReported }) => costReported)).toEqual([null, 2, 2]);
    expect(spans.map(({ usage }) => usage?.inputTokens ?? null)).toEqual([200, null, null]);
    expect(spans[0]!.costPriced).toBeNull();
  });

  test('a remote agent without model calls below counts what it reports', () => {
    const [span] = normalise(
      agent('1', 'bedrock', undefined, {
        'gen_ai.usage.input_tokens': 200,
        'gen_ai.usage.output_tokens': 20,
      }),
    );
    expect(span!.usage).toMatchObject({ inputTokens: 200, outputTokens: 20 });
  });

  test('a model call around a tool with an agent in it keeps its own usage', () => {
    const spans = normalise(
      chat('1', undefined),
      tool('2', 'ask', '1'),
      agent('3', 'researcher', '2'),
      chat('4', '3'),
    );
    expect(spans.map(({ usage }) => usage?.inputTokens ?? null)).toEqual([100, null, null, 100]);
  });

  test.each<[string, Attributes, Partial<NormalisedSpan['usage']>]>([
    [
      'cache within input',
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.cache_read.input_tokens': 60,
      },
      { inputTokens: 100, cacheReadTokens: 60 },
    ],
    [
      'cache beside input, larger than it',
      {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.cache_read_input_tokens': 60,
        'gen_ai.usage.cache_creation_input_tokens': 30,
      },
      { inputTokens: 100, cacheReadTokens: 60, cacheWriteTokens: 30 },
    ],
    [
      'cache beside input, told by the total',
      {
        'llm.token_count.prompt': 80,
        'llm.token_count.completion': 5,
        'llm.token_count.total': 105,
        'llm.token_count.prompt_details.cache_read': 20,
      },
      { inputTokens: 100, cacheReadTokens: 20 },
    ],
    [
      'cache within input, told by the total',
      {
        'llm.token_count.prompt': 80,
        'llm.token_count.completion': 5,
        'llm.token_count.total': 85,
        'llm.token_count.prompt_details.cache_read': 20,
      },
      { inputTokens: 80, cacheReadTokens: 20 },
    ],
    [
      'cache beside input, smaller than it: AI SDK 5 passes on what Anthropic counts',
      {
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 100,
        'ai.usage.outputTokens': 5,
        'ai.usage.totalTokens': 105,
        'ai.usage.cachedInputTokens': 60,
      },
      { inputTokens: 160, cacheReadTokens: 60 },
    ],
    [
      'cache within input: AI SDK 6 adds it in',
      {
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 160,
        'ai.usage.cachedInputTokens': 60,
        'ai.usage.inputTokenDetails.cacheReadTokens': 60,
      },
      { inputTokens: 160, cacheReadTokens: 60 },
    ],
    [
      'cache within input: OpenAI through AI SDK 5',
      {
        'ai.model.provider': 'openai.responses',
        'ai.usage.inputTokens': 160,
        'ai.usage.cachedInputTokens': 60,
      },
      { inputTokens: 160, cacheReadTokens: 60 },
    ],
    [
      'cache writes of two lifetimes',
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 1,
        'gen_ai.usage.cache_creation.5m_input_tokens': 10,
        'gen_ai.usage.cache_creation.1h_input_tokens': 20,
      },
      { inputTokens: 100, cacheWriteTokens: 30 },
    ],
    [
      'reasoning beside output',
      {
        'gen_ai.usage.input_tokens': 1,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.details.thoughts_tokens': 40,
      },
      { outputTokens: 45, reasoningTokens: 40 },
    ],
    [
      'Langfuse details',
      {
        'langfuse.observation.usage_details': '{"input":40,"input_cached_tokens":60,"output":5,"total":105}',
      },
      { inputTokens: 100, cacheReadTokens: 60, outputTokens: 5 },
    ],
    [
      'numbers as text',
      { 'gen_ai.usage.input_tokens': '12', 'gen_ai.usage.output_tokens': '3' },
      { inputTokens: 12, outputTokens: 3 },
    ],
    [
      'old names of the AI SDK',
      { 'ai.usage.promptTokens': 7, 'ai.usage.completionTokens': 2 },
      { inputTokens: 7, outputTokens: 2 },
    ],
    [
      'input and total',
      { 'llm.usage.prompt_tokens': 7, 'llm.usage.total_tokens': 9 },
      { inputTokens: 7, outputTokens: 2 },
    ],
  ])('%s', (_, attributes, usage) => {
    expect(one({ 'gen_ai.operation.name': 'chat', ...attributes }).usage).toMatchObject(usage ?? {});
  });

  test('absurd counts are no usage', () => {
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': -5,
      'gen_ai.usage.output_tokens': 1e30,
    };
    expect(one(attributes).usage).toBeNull();
  });

  test.each<[string, Attributes, number]>([
    ['OpenLIT', { 'gen_ai.usage.cost': 0.25 }, 0.25],
    ['OpenInference', { 'llm.cost.prompt': 0.1, 'llm.cost.completion': 0.2 }, 0.3],
    ['Langfuse', { 'langfuse.observation.cost_details': '{"input":0.1,"output":0.2,"total":0.3}' }, 0.3],
    ['Pydantic AI', { 'operation.cost': 0.5 }, 0.5],
  ])('the cost that %s reports is kept beside the priced one', (_, attributes, cost) => {
    const span = one({ ...chat('1', undefined).attributes, ...attributes });
    expect(span.costReported).toBeCloseTo(cost);
    expect(span.costPriced).toBeCloseTo((100 * 2.5 + 10 * 10) / 1e6);
  });
});

describe('hand-offs (telemetry 4.5)', () => {
  const edges = (...spans: Sent[]) =>
    normalise(...spans).flatMap(({ handOff }) => (handOff ? [handOff] : []));

  test('an agent below an agent, skipping steps and tools', () => {
    expect(edges(agent('1', 'planner'), tool('2', 'ask', '1'), agent('3', 'researcher', '2'))).toEqual([
      { fromAgent: 'planner', toAgent: 'researcher', mode: 'nested' },
    ]);
  });

  test('the attributes of a transfer and of a caller', () => {
    const transfer = {
      ...tool('2', 'route', '1'),
      attributes: {
        ...tool('2', 'route').attributes,
        'gen_ai.transfer.target.name': 'refunds',
        'gen_ai.transfer.mode': 'return_to_caller',
      },
    };
    expect(edges(agent('1', 'triage'), transfer)).toEqual([
      { fromAgent: 'triage', toAgent: 'refunds', mode: 'return_to_caller' },
    ]);
    const called = agent('1', 'refunds', undefined, {
      'gen_ai.caller.type': 'agent',
      'gen_ai.caller.name': 'triage',
    });
    expect(edges(called)).toEqual([{ fromAgent: 'triage', toAgent: 'refunds', mode: 'return_to_caller' }]);
  });

  test('a tool named transfer_to_… hands over and is no tool call', () => {
    const spans = normalise(agent('1', 'triage'), tool('2', 'transfer_to_refunds', '1'));
    expect(spans[1]).toMatchObject({
      operation: 'handoff',
      handOff: { fromAgent: 'triage', toAgent: 'refunds', mode: 'pass_control' },
    });
  });

  test('a hand-off that the tool told is not told again by the agent that takes over', () => {
    const oi = (id: string, name: string, kind: string, more: Attributes = {}): Sent => ({
      id,
      parent: '1',
      name,
      attributes: { 'openinference.span.kind': kind, ...more },
    });
    const triage = oi('2', 'Triage', 'AGENT', { 'graph.node.id': 'Triage' });
    expect(
      edges(
        triage,
        { ...oi('3', 'handoff to Refunds', 'TOOL'), parent: '2' },
        oi('4', 'Refunds', 'AGENT', { 'graph.node.id': 'Refunds', 'graph.node.parent_id': 'Triage' }),
      ),
    ).toEqual([{ fromAgent: 'Triage', toAgent: 'Refunds', mode: 'pass_control' }]);
  });
});

describe('failures', () => {
  test.each<[string, Attributes, Partial<Sent>, Partial<NormalisedSpan>]>([
    ['error.type', { 'error.type': 'timeout' }, {}, { isError: true, errorType: 'timeout' }],
    ['status ERROR', {}, { statusCode: 2 }, { isError: true, errorType: '_OTHER' }],
    [
      'an exception event',
      {},
      {
        events: [
          {
            name: 'exception',
            attributes: { 'exception.type': 'RateLimit', 'exception.message': 'slow down' },
          },
        ],
      },
      { isError: true, errorType: 'RateLimit', statusMessage: 'slow down' },
    ],
    ['the level of Langfuse', { 'langfuse.observation.level': 'ERROR' }, {}, { isError: true }],
    [
      'a content filter',
      { 'gen_ai.response.finish_reasons': ['content_filter'] },
      {},
      { isError: false, isSoftFailure: true },
    ],
    [
      'a content filter of the AI SDK',
      { 'ai.response.finishReason': 'content-filter' },
      {},
      { isSoftFailure: true },
    ],
    [
      'a normal end',
      { 'gen_ai.response.finish_reasons': ['stop'] },
      {},
      { isError: false, isSoftFailure: false, finishReason: 'stop' },
    ],
  ])('%s', (_, attributes, more, expected) => {
    expect(one(attributes, more)).toMatchObject(expected);
  });
});

describe('details', () => {
  test('providers get the value of the convention, old attributes and values included', () => {
    expect(one({ 'gen_ai.system': 'az.ai.openai' }).provider).toBe('azure.ai.openai');
    expect(one({ 'ai.model.provider': 'anthropic.messages' }).provider).toBe('anthropic');
    expect(one({ 'llm.provider': 'vertexai', 'llm.system': 'x' }).provider).toBe('gcp.vertex_ai');
  });

  test('the newest name of a field wins over older ones beside it', () => {
    const span = one({
      'gen_ai.system': 'old',
      'gen_ai.provider.name': 'openai',
      'session.id': 's',
      'gen_ai.conversation.id': 'c',
    });
    expect(span).toMatchObject({ provider: 'openai', conversationId: 'c' });
  });

  test('time to first chunk is milliseconds, whoever sends it', () => {
    expect(one({ 'gen_ai.response.time_to_first_chunk': 0.25 }).timeToFirstChunkMs).toBe(250);
    expect(one({ 'ai.response.msToFirstChunk': 250 }).timeToFirstChunkMs).toBe(250);
  });

  test('messages in events are dropped unless content is captured, what is no content stays', () => {
    const events = [{ name: 'gen_ai.choice', attributes: { content: 'secret', finish_reason: 'stop' } }];
    const [span] = normalise({ id: '1', events });
    expect(span!.events[0]!.attributes).toEqual({ finish_reason: 'stop' });
    const kept = normaliseTraces(decoded([{ id: '1', events }]), { captureContent: true }).spans[0];
    expect(kept!.events[0]!.attributes).toHaveProperty('content', 'secret');
  });

  test('attributes that no table knows are reported, others kept without comment', () => {
    const { unmapped, conventions } = normaliseTraces(
      decoded([
        {
          id: '1',
          attributes: { 'gen_ai.brand_new.thing': 1, 'http.route': '/', 'gen_ai.operation.name': 'chat' },
        },
      ]),
    );
    expect([...unmapped.keys()]).toEqual(['gen_ai.brand_new.thing']);
    expect([...conventions]).toEqual([['gen_ai', 1]]);
  });
});

test('security P9: an agent has one name of at most 128 characters, whichever way it is told', () => {
  const long = `planner ${'x'.repeat(900)}`;
  const name = `${long.slice(0, 127)}…`;
  const [, called] = normalise(agent('1', 'lead'), agent('2', long, '1'));
  expect(called).toMatchObject({ agentName: name, handOff: { toAgent: name } });
  const service: RawAttributes = new Map([['service.name', long]]);
  expect(one({}, { resource: service }).agentName).toBe(name);
  const metric = { name: 'm', unit: '', kind: 'gauge' } as const;
  expect(describeSeries(SHOP, metric, new Map([['gen_ai.agent.name', long]])).agentName).toBe(name);
});

test('a name that is too long is not cut within a character', () => {
  expect(boundedAgentName(`${'x'.repeat(126)}😀😀`)).toBe(`${'x'.repeat(126)}…`);
});
