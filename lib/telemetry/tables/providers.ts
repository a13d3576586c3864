import type { Field } from './aliases.ts';

/**
 * Values of `gen_ai.provider.name`: older values of `gen_ai.system`, and what SDKs call their providers,
 * to the value of the convention (telemetry 4.6).
 */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['az.ai.openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['azure-openai', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['azureopenai', 'azure.ai.openai'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['azure_ai', 'azure.ai.inference'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['vertexai', 'gcp.vertex_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['gcp.vertex.agent', 'gcp.vertex_ai'],
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['google_genai', 'gcp.gemini'],
  ['google-genai', 'gcp.gemini'],
  ['google-gla', 'gcp.gemini'],
  ['google_generative_ai', 'gcp.gemini'],
  ['google.generative-ai', 'gcp.gemini'],
  ['xai', 'x_ai'],
  ['x-ai', 'x_ai'],
  ['grok', 'x_ai'],
  ['bedrock', 'aws.bedrock'],
  ['aws', 'aws.bedrock'],
  ['aws_bedrock', 'aws.bedrock'],
  ['amazon_bedrock', 'aws.bedrock'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['bedrock_converse', 'aws.bedrock'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['mistral.ai', 'mistral_ai'],
  ['ibm_watsonx', 'ibm.watsonx.ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['watsonx.ai', 'ibm.watsonx.ai'],
  ['ibm.watsonx', 'ibm.watsonx.ai'],
  ['togetherai', 'together_ai'],
  ['together', 'together_ai'],
  ['moonshot', 'moonshot_ai'],
  ['moonshotai', 'moonshot_ai'],
  ['langchain_openai', 'openai'],
  ['openai.azure', 'azure.ai.openai'],
]);

/** Words that SDKs append to a provider: `openai.chat`, `anthropic.messages`, `google.generative-ai`. */
const API_SUFFIX = /[.](chat|responses|messages|completions?|embeddings?|image|text|speech|transcription)$/;

/**
 * Senders that pass on the count of a provider which leaves cached tokens out of the input: known by a field that they
 * send and one that they do not. Others add them in, as the convention says, or show by their numbers that they do not.
 */
export const CACHE_BESIDE_INPUT: readonly { provider: RegExp; field: Field; without: Field }[] = [
  { provider: /(?:^|[.])anthropic$/, field: 'sdkCachedTokens', without: 'sdkDetailTokens' },
];

/** The canonical value of a provider name; unknown ones are kept in lower case. */
export function canonicalProvider(value: string): string {
  const name = value.trim().toLowerCase();
  const base = name.replace(API_SUFFIX, '');
  return PROVIDERS.get(name) ?? PROVIDERS.get(base) ?? base;
}
