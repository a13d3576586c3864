import type { Operation } from '#lib/model/telemetry.ts';
import type { Field } from './aliases.ts';

/** One way in which senders say what a span is. Values are compared in lower case. */
export interface OperationSignal {
  field: Field;
  values: Readonly<Record<string, Operation>>;
}

const KINDS: Readonly<Record<string, Operation>> = {
  agent: 'invoke_agent',
  chain: 'step',
  embedding: 'embeddings',
  evaluator: 'evaluation',
  guardrail: 'guardrail',
  llm: 'chat',
  prompt: 'step',
  reranker: 'rerank',
  retriever: 'retrieval',
  tool: 'execute_tool',
  workflow: 'invoke_workflow',
};

/**
 * The signals in the order in which they are believed; the first that says more than `step` decides.
 * Values that are missing make a plain step, never an error (telemetry 4.2).
 */
export const OPERATION_SIGNALS: readonly OperationSignal[] = [
  {
    field: 'operationName',
    values: {
      chat: 'chat',
      'chat.completions': 'chat',
      'chat.completion': 'chat',
      chat_completion: 'chat',
      generate_content: 'generate_content',
      'text.completions': 'text_completion',
      text_completion: 'text_completion',
      completion: 'text_completion',
      message: 'chat',
      messages: 'chat',
      responses: 'chat',
      generate: 'chat',
      embeddings: 'embeddings',
      embedding: 'embeddings',
      retrieval: 'retrieval',
      retrieve: 'retrieval',
      rerank: 'rerank',
      create_agent: 'create_agent',
      invoke_agent: 'invoke_agent',
      agent_run: 'invoke_agent',
      invoke_workflow: 'invoke_workflow',
      workflow: 'invoke_workflow',
      workflow_run: 'invoke_workflow',
      plan: 'plan',
      execute_tool: 'execute_tool',
      tool: 'execute_tool',
      tool_call: 'execute_tool',
      guardrail: 'guardrail',
      evaluation: 'evaluation',
      evaluate: 'evaluation',
      handoff: 'handoff',
      transfer: 'handoff',
      create_memory: 'memory',
      search_memory: 'memory',
      update_memory: 'memory',
      upsert_memory: 'memory',
      delete_memory: 'memory',
      create_memory_store: 'memory',
      delete_memory_store: 'memory',
    },
  },
  { field: 'openInferenceKind', values: KINDS },
  {
    field: 'aiOperationId',
    values: {
      'ai.generatetext': 'invoke_agent',
      'ai.streamtext': 'invoke_agent',
      'ai.generateobject': 'invoke_agent',
      'ai.streamobject': 'invoke_agent',
      'ai.agent': 'invoke_agent',
      'ai.generatetext.dogenerate': 'chat',
      'ai.streamtext.dostream': 'chat',
      'ai.generateobject.dogenerate': 'chat',
      'ai.streamobject.dostream': 'chat',
      'ai.embed.doembed': 'embeddings',
      'ai.embedmany.doembed': 'embeddings',
      'ai.rerank.dorerank': 'rerank',
      'ai.toolcall': 'execute_tool',
    },
  },
  {
    field: 'mastraType',
    values: {
      agent_run: 'invoke_agent',
      workflow_run: 'invoke_workflow',
      llm_generation: 'chat',
      model_generation: 'chat',
      model_step: 'chat',
      model_inference: 'chat',
      tool_call: 'execute_tool',
      mcp_tool_call: 'execute_tool',
      rag_embedding: 'embeddings',
      rag_vector_operation: 'retrieval',
      scorer_run: 'evaluation',
      memory_operation: 'memory',
    },
  },
  {
    field: 'traceloopKind',
    values: { workflow: 'invoke_workflow', agent: 'invoke_agent', tool: 'execute_tool', task: 'step' },
  },
  {
    field: 'requestType',
    values: {
      chat: 'chat',
      completion: 'text_completion',
      embedding: 'embeddings',
      rerank: 'rerank',
      acompletion: 'chat',
      aembedding: 'embeddings',
      arerank: 'rerank',
    },
  },
  {
    field: 'langfuseType',
    values: { ...KINDS, generation: 'chat', retriever: 'retrieval', span: 'step', event: 'step' },
  },
  { field: 'langsmithKind', values: KINDS },
  { field: 'mlflowType', values: { ...KINDS, chat_model: 'chat', memory: 'memory' } },
  { field: 'agentopsKind', values: { ...KINDS, 'agent.action': 'step' } },
  { field: 'laminarType', values: { ...KINDS, human_evaluator: 'evaluation' } },
  { field: 'honeyhiveType', values: { model: 'chat', tool: 'execute_tool', chain: 'step' } },
  { field: 'mcpMethod', values: { 'tools/call': 'execute_tool' } },
];

/** What span names say where no attribute does; the first group of a match is the name of the agent or tool. */
export const NAME_PATTERNS: readonly { pattern: RegExp; operation: Operation }[] = [
  { pattern: /^invoke_agent(?: (.+))?$/, operation: 'invoke_agent' },
  { pattern: /^agent_run \[(.+)\]$/, operation: 'invoke_agent' },
  { pattern: /^agent run$/, operation: 'invoke_agent' },
  { pattern: /^create_agent(?: (.+))?$/, operation: 'create_agent' },
  { pattern: /^invoke_workflow(?: (.+))?$/, operation: 'invoke_workflow' },
  { pattern: /^execute_tool(?: (.+))?$/, operation: 'execute_tool' },
  { pattern: /^running tool(?:: (.+))?$/, operation: 'execute_tool' },
  { pattern: /^tools\/call(?: (.+))?$/, operation: 'execute_tool' },
  { pattern: /^(?:handoff|transfer) to (.+)$/i, operation: 'handoff' },
  { pattern: /^chat .+$/, operation: 'chat' },
  {
    pattern:
      /^(?:openai|anthropic|cohere|groq|mistralai|bedrock|ollama|gemini|vertexai)\.(?:chat|completion|converse|generate_content)$/,
    operation: 'chat',
  },
];

/**
 * Spans of kind agent that are the workflow around the agents: the bridges of OpenAI Agents open one
 * without a node id for the whole run. They are no run of an agent.
 */
export const WORKFLOW_ROOT_SCOPE = /openinference.*openai[-_]agents/;

/** Finish reasons that mean the answer failed although the call did not. */
export const SOFT_FAILURES: ReadonlySet<string> = new Set([
  'error',
  'content_filter',
  'contentfilter',
  'safety',
  'refusal',
  'recitation',
  'prohibited_content',
  'blocklist',
]);

/** Names that say nothing of which agent it is: nodes of prebuilt graphs and classes of frameworks. */
export const GENERIC_NAMES: ReadonlySet<string> = new Set([
  '',
  '__start__',
  '__end__',
  '__interrupt__',
  'agent',
  'agent run',
  'agent workflow',
  'agentexecutor',
  'call_model',
  'crew',
  'invoke_agent',
  'langgraph',
  'model',
  'run',
  'tool_node',
  'tools',
  'workflow',
]);

/** What frameworks append to the name of an agent in the name of its span. */
export const AGENT_NAME_SUFFIX =
  /(?:[.](?:run|arun|invoke|ainvoke|kickoff|agent|_execute_core|execute_task|chat|stream)| run)$/;

/** Tools whose name says that they hand over to another agent: `transfer_to_refunds`, `agent-researcher`. */
export const TRANSFER_TOOLS: readonly { pattern: RegExp; mode: 'pass_control' | 'return_to_caller' }[] = [
  { pattern: /^transfer_(?:back_)?to_(.+)$/, mode: 'pass_control' },
  { pattern: /^handoff[_ ]to[_ ](.+)$/i, mode: 'pass_control' },
  { pattern: /^agent-(.+)$/, mode: 'return_to_caller' },
];

/** The family of conventions that a span follows, by the first field or scope that shows it. */
export const CONVENTIONS: readonly { convention: string; field?: Field; scope?: RegExp }[] = [
  { convention: 'openinference', field: 'openInferenceKind' },
  { convention: 'mastra', field: 'mastraType' },
  { convention: 'mastra', scope: /mastra/ },
  { convention: 'ai-sdk', field: 'aiOperationId' },
  { convention: 'ai-sdk', scope: /^ai$/ },
  { convention: 'traceloop', field: 'traceloopKind' },
  { convention: 'traceloop', scope: /traceloop/ },
  { convention: 'langfuse', field: 'langfuseType' },
  { convention: 'langsmith', field: 'langsmithKind' },
  { convention: 'gen_ai', field: 'operationName' },
  { convention: 'traceloop', field: 'requestType' },
  { convention: 'gen_ai', field: 'provider' },
];
