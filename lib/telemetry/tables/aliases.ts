/**
 * The attribute names of all senders, by the field they mean (telemetry 4.3 and 4.6). Within a field the
 * first name that is sent wins, so the current convention stands first.
 */
const METADATA_PREFIXES = [
  'metadata.',
  'traceloop.association.properties.',
  'langsmith.metadata.',
  'langfuse.observation.metadata.',
  'langfuse.trace.metadata.',
  'ai.telemetry.metadata.',
  'ai.settings.context.',
  'mastra.metadata.',
  'gen_ai.metadata.',
];

/** Names that frameworks put into a metadata bag, each under every prefix of a bag. */
function inMetadata(...names: string[]): string[] {
  return names.flatMap((name) => METADATA_PREFIXES.map((prefix) => prefix + name));
}

export const ALIASES = {
  agentName: [
    'gen_ai.agent.name',
    'agent.name',
    'ai.telemetry.functionId',
    'ai.settings.telemetry.functionId',
    'agent_name',
    'crewai.agent.role',
    'autogen.agent.name',
    'agno.agent.name',
    'smolagents.agent.name',
    'gen_ai.agent_name',
    ...inMetadata('lc_agent_name', 'agent_name', 'agentName'),
  ],
  /** Name an agent only on a span that is an agent. */
  agentNodeName: [
    'graph.node.id',
    'graph.node.name',
    'traceloop.entity.name',
    'mastra.entity.name',
    'entity.name',
  ],
  agentNodeId: ['graph.node.id'],
  resourceName: ['resource.name'],
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'ls_provider',
    ...inMetadata('ls_provider'),
  ],
  requestModel: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
    'ai.model.id',
    'llm.request.model',
    'llm.model',
    'langfuse.observation.model.name',
    'model_name',
    ...inMetadata('ls_model_name'),
  ],
  responseModel: [
    'gen_ai.response.model',
    'llm.response.model_name',
    'llm.response.model',
    'ai.response.model',
  ],
  inputTokens: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'llm.usage.prompt_tokens',
    'llm.usage.input_tokens',
    'gen_ai.usage.input',
  ],
  outputTokens: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'llm.usage.completion_tokens',
    'llm.usage.output_tokens',
    'gen_ai.usage.output',
  ],
  totalTokens: [
    'gen_ai.usage.total_tokens',
    'llm.usage.total_tokens',
    'llm.token_count.total',
    'ai.usage.totalTokens',
  ],
  cacheReadTokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_tokens.cached',
    'gen_ai.usage.cached_input_tokens',
    'gen_ai.usage.details.cache_read_input_tokens',
    'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.details.cached_tokens',
    'gen_ai.usage.prompt_tokens_details.cached_tokens',
    'llm.token_count.prompt_details.cache_read',
    'llm.usage.cache_read_input_tokens',
    'ai.usage.cachedInputTokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.details.cache_creation_input_tokens',
    'gen_ai.usage.details.cache_write_tokens',
    'llm.token_count.prompt_details.cache_write',
    'llm.usage.cache_creation_input_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  /** Written to the cache for 5 minutes and for an hour: two parts of what is written. */
  cacheWriteShortTokens: ['gen_ai.usage.cache_creation.5m_input_tokens'],
  cacheWriteLongTokens: ['gen_ai.usage.cache_creation.1h_input_tokens'],
  uncachedInputTokens: ['ai.usage.inputTokenDetails.noCacheTokens', 'gen_ai.usage.no_cache_input_tokens'],
  /** What tells the AI SDK up to 5, which passes on what providers count, from 6, whose input holds all: see CACHE_BESIDE_INPUT. */
  sdkCachedTokens: ['ai.usage.cachedInputTokens'],
  sdkDetailTokens: [
    'ai.usage.inputTokenDetails.noCacheTokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  reasoningTokens: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.details.thoughts_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
    'llm.usage.reasoning_tokens',
    'ai.usage.reasoningTokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
  /** JSON objects of Langfuse; their counts exclude each other. */
  usageDetails: ['langfuse.observation.usage_details'],
  cost: [
    'gen_ai.usage.cost',
    'gen_ai.usage.total_cost',
    'gen_ai.usage.cost.total',
    'llm.cost.total',
    'llm.usage.cost',
    'operation.cost',
    'ai.usage.cost',
    'gen_ai.cost.total',
    'gen_ai.cost.amount',
  ],
  inputCost: ['llm.cost.prompt', 'gen_ai.usage.input_cost', 'gen_ai.usage.cost.input'],
  outputCost: ['llm.cost.completion', 'gen_ai.usage.output_cost', 'gen_ai.usage.cost.output'],
  costDetails: ['langfuse.observation.cost_details'],
  toolName: [
    'gen_ai.tool.name',
    'tool.name',
    'ai.toolCall.name',
    'tool_name',
    'mcp.tool.name',
    'traceloop.tool.name',
    'crewai.tool.name',
  ],
  conversationId: [
    'gen_ai.conversation.id',
    'session.id',
    'langfuse.session.id',
    'langsmith.trace.session_id',
    'gen_ai.session.id',
    'gcp.vertex.agent.session_id',
    'conversation.id',
    'mastra.thread_id',
    'mastra.threadId',
    'thread.id',
    ...inMetadata(
      'conversation_id',
      'conversationId',
      'session_id',
      'sessionId',
      'thread_id',
      'threadId',
      'chat_id',
    ),
  ],
  workflowName: ['gen_ai.workflow.name', 'traceloop.workflow.name', 'langfuse.trace.name'],
  errorType: ['error.type', 'error_type'],
  errorLevel: ['langfuse.observation.level'],
  finishReason: [
    'gen_ai.response.finish_reasons',
    'gen_ai.response.finish_reason',
    'llm.finish_reason',
    'llm.response.finish_reason',
    'ai.response.finishReason',
    'gen_ai.completion.0.finish_reason',
    'llm.response.stop_reason',
  ],
  firstChunkSeconds: [
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.server.time_to_first_token',
    'gen_ai.response.time_to_first_token',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.client.inference.time_to_first_chunk',
  ],
  firstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  /** Time stamp of the first chunk in ISO 8601. */
  firstChunkTime: ['langfuse.observation.completion_start_time', 'gen_ai.completion_start_time'],
  metadata: ['metadata', 'langfuse.observation.metadata', 'langfuse.trace.metadata'],
  langgraphNode: [
    'langgraph_node',
    'langgraph.node',
    'langgraph.node.name',
    'gen_ai.langgraph.node',
    ...inMetadata('langgraph_node'),
  ],
  langgraphPath: [
    'langgraph_checkpoint_ns',
    'checkpoint_ns',
    ...inMetadata('langgraph_checkpoint_ns', 'checkpoint_ns'),
  ],
  transferTarget: ['gen_ai.transfer.target.name', 'gen_ai.agent.handoff.target.name'],
  transferMode: ['gen_ai.transfer.mode'],
  transferSource: ['gen_ai.agent.handoff.source.name', 'gen_ai.agent.source'],
  callerName: ['gen_ai.caller.name'],
  callerType: ['gen_ai.caller.type'],
  parentNodeName: ['graph.node.parent_id'],
  operationName: ['gen_ai.operation.name'],
  openInferenceKind: ['openinference.span.kind', 'fi.span.kind'],
  aiOperationId: ['ai.operationId'],
  mastraType: ['mastra.span.type'],
  traceloopKind: ['traceloop.span.kind'],
  requestType: ['llm.request.type'],
  langfuseType: ['langfuse.observation.type'],
  langsmithKind: ['langsmith.span.kind'],
  mlflowType: ['mlflow.spanType'],
  agentopsKind: ['agentops.span.kind'],
  laminarType: ['lmnr.span.type'],
  honeyhiveType: ['honeyhive_event_type'],
  mcpMethod: ['mcp.method.name', 'rpc.method'],
} as const satisfies Record<string, readonly string[]>;

export type Field = keyof typeof ALIASES;

/** What an attribute key means. Lower ranks win. A key may mean several fields. */
export interface Meaning {
  field: Field;
  rank: number;
}

/** Every known key with its meanings. */
export const MEANINGS: ReadonlyMap<string, readonly Meaning[]> = buildMeanings();

function buildMeanings(): Map<string, Meaning[]> {
  const meanings = new Map<string, Meaning[]>();
  for (const [field, keys] of Object.entries(ALIASES) as [Field, readonly string[]][]) {
    keys.forEach((key, rank) => {
      meanings.set(key, [...(meanings.get(key) ?? []), { field, rank }]);
    });
  }
  return meanings;
}

/** Fields that become columns of a span: their attributes need not be kept beside them. */
export const COLUMN_FIELDS: ReadonlySet<Field> = new Set<Field>([
  'agentName',
  'provider',
  'requestModel',
  'responseModel',
  'toolName',
  'conversationId',
  'errorType',
]);

/**
 * Keys of the GenAI world that need no meaning: descriptions, parameters and ids that are kept as they are.
 * A key of these families that stands in no table is reported as unmapped.
 */
const FAMILY = /^(gen_ai|llm|ai|openinference|traceloop|mastra|langfuse|langgraph|mcp|agent|graph)\./;
const KNOWN_DETAIL =
  /^(gen_ai\.([a-z_]+\.duration$|agent\.(id|version|description)|request\.|response\.|output\.type|tool\.|prompt\.|data_source\.|conversation\.|openai\.|token\.|usage\.|evaluation\.|server\.|client\.|embeddings\.|orchestrator\.)|llm\.(request|response|token_count|cost|usage|invocation|is_streaming|headers)|ai\.(model|response|usage|settings|telemetry|request|toolCall|stream|schema|prompt)\.|ai\.request|traceloop\.(entity|association|prompt|workflow)\.|mastra\.|langfuse\.|mcp\.(session|protocol|resource|prompt|server|client)\.|graph\.node\.|agent\.id)/;

/** True for a key of the GenAI world that has no meaning here and is no known detail. */
export function isUnmapped(key: string): boolean {
  return FAMILY.test(key) && !KNOWN_DETAIL.test(key);
}
