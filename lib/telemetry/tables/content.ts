/**
 * What senders call things: the tables that the normaliser is driven by. Understanding another sender is
 * adding rows here, never a branch elsewhere.
 *
 * This file names the attributes and events that carry prompts, completions, tool arguments and results.
 * They are dropped while decoding unless a team captures content.
 */

/** How an attribute is treated: kept, dropped unless content is captured, or never kept. */
export type KeyClass = 'plain' | 'content' | 'secret';

const CONTENT_KEYS: ReadonlySet<string> = new Set([
  'ai.value',
  'ai.values',
  'ai.embedding',
  'ai.embeddings',
  'all_messages_events',
  'crew_agents',
  'crew_inputs',
  'crew_tasks',
  'events',
  'final_result',
  'formatted_description',
  'formatted_expected_output',
  'gcp.vertex.agent.data',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
  'gen_ai.content',
  'gen_ai.retrieval.query.text',
  'gen_ai.tool.definitions',
  'input',
  'input.value',
  'llm.function_call',
  'llm.invocation_parameters',
  'message',
  'mlflow.chat.messages',
  'mlflow.chat.tools',
  'mlflow.spanInputs',
  'mlflow.spanOutputs',
  'model_request_parameters',
  'output',
  'output.value',
  'pydantic_ai.all_messages',
  'reranker.query',
  'request_data',
  'response_data',
  'tool.parameters',
]);

/** Keys with one of these beginnings carry content, however they go on. */
const CONTENT_PREFIXES = [
  'ai.prompt',
  'ai.response.files',
  'ai.response.object',
  'ai.response.reasoning',
  'ai.response.text',
  'ai.response.toolCalls',
  'ai.result.',
  'embedding.embeddings',
  'embedding.text',
  'embedding.vector',
  'gen_ai.completion',
  'gen_ai.content.',
  'gen_ai.prompt',
  'llm.choices',
  'llm.completions',
  'llm.input_messages',
  'llm.output_messages',
  'llm.prompt_template',
  'llm.prompts',
  'llm.request.functions',
  'llm.tools',
  'message_content.',
  'reranker.input_documents',
  'reranker.output_documents',
  'retrieval.documents',
  'traceloop.prompt.template',
];

/** Named like content, but a name, a version or a number. */
const PLAIN_KEYS: ReadonlySet<string> = new Set([
  'gen_ai.prompt.name',
  'gen_ai.prompt.version',
  'gen_ai.prompt.id',
  'gen_ai.completion.id',
]);

/** A segment that says the key is about amounts or failures, whatever its last word is. */
const PLAIN_SEGMENT =
  /(^|[._])(usage|usage_details|token_count|tokens?|cost|cost_details|exception|error|finish_reasons?)([._]|$)/;

/** Last words by which senders that are not named above call their content. */
const CONTENT_LAST_WORD =
  /(^|[._])(inputs?|outputs?|(in|out)put_(json|data|value|text)|prompts?|completions?|messages|content|arguments|args|result|tool_(arguments|response|result)|system_(prompt|instructions)|instructions|documents|provider_metadata|model_output|request_body|response_body)$/;

const SECRET_WORD =
  /(^|[._-])(authorization|proxy-authorization|api[_-]?key|apikey|cookie|set-cookie|password|secret|client_secret|access_token|refresh_token)$/i;

/** Events of spans, and log records, whose attributes and body are messages. */
const CONTENT_EVENT =
  /^(gen_ai\.(system|user|assistant|tool)\.message|gen_ai\.choice|gen_ai\.content\.(prompt|completion)|gen_ai\.client\.inference\.operation\.details|gen_ai\.evaluation\.result|llm\.(prompt|completion)|ai\.prompt.*)$/;

/** What is kept of a content event while content is not captured. */
const CONTENT_EVENT_KEYS: ReadonlySet<string> = new Set([
  'event.name',
  'finish_reason',
  'gen_ai.system',
  'gen_ai.provider.name',
  'gen_ai.response.finish_reasons',
  'index',
  'role',
]);

export function classifyKey(key: string): KeyClass {
  if (SECRET_WORD.test(key)) return 'secret';
  if (PLAIN_KEYS.has(key) || PLAIN_SEGMENT.test(key)) return 'plain';
  if (CONTENT_KEYS.has(key) || CONTENT_LAST_WORD.test(snakeCased(key))) return 'content';
  return CONTENT_PREFIXES.some((prefix) => key.startsWith(prefix)) ? 'content' : 'plain';
}

function snakeCased(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

export function isContentEvent(name: string): boolean {
  return CONTENT_EVENT.test(name);
}

/** True for attributes of a content event that say nothing of what was said. */
export function isPlainInContentEvent(key: string): boolean {
  return CONTENT_EVENT_KEYS.has(key);
}
