import type { Operation, Usage } from '#lib/model/telemetry.ts';
import type { Fields } from './fields.ts';
import type { Field } from './tables/aliases.ts';
import { CACHE_BESIDE_INPUT, canonicalProvider } from './tables/providers.ts';

/** More tokens than any call can have: a broken count. */
const MOST_TOKENS = 1e9;

/** Counts as sent, before it is known what contains what. */
interface SentCounts {
  input: number | null;
  output: number | null;
  total: number | null;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  uncachedInput: number | null;
  /** The sender is one that leaves cached tokens out of the input. */
  isCacheBeside: boolean;
}

/**
 * The tokens of a span, or null when it reports none. Cache and reasoning tokens are subsets of input and
 * output (telemetry 4.3). Where a sender counts them apart they are added in; that it does is taken from
 * what it says itself: a subset larger than its whole, a total that only adds up with them, a separate
 * count of uncached input, or a format (Langfuse usage details) whose counts exclude each other; or from what is
 * known of it (CACHE_BESIDE_INPUT).
 */
export function usageOf(fields: Fields, operation: Operation): Usage | null {
  const details = fields.map('usageDetails');
  const sent = details === null ? sentCounts(fields) : sentDetails(details);
  if (sent.input === null && sent.output === null && sent.total === null) return null;
  const cache = sent.cacheRead + sent.cacheWrite;
  const known = completed(sent, operation);
  const input = excludesCache(sent, cache) ? known.input + cache : known.input;
  const output = excludesReasoning(sent, input) ? known.output + sent.reasoning : known.output;
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: Math.min(sent.cacheRead, input),
    cacheWriteTokens: Math.min(sent.cacheWrite, input - Math.min(sent.cacheRead, input)),
    reasoningTokens: Math.min(sent.reasoning, output),
  };
}

function sentCounts(fields: Fields): SentCounts {
  const count = (field: Field): number | null => tokenCount(fields.number(field));
  const writeParts = (count('cacheWriteShortTokens') ?? 0) + (count('cacheWriteLongTokens') ?? 0);
  return {
    input: count('inputTokens'),
    output: count('outputTokens'),
    total: count('totalTokens'),
    cacheRead: count('cacheReadTokens') ?? 0,
    cacheWrite: count('cacheWriteTokens') ?? writeParts,
    reasoning: count('reasoningTokens') ?? 0,
    uncachedInput: count('uncachedInputTokens'),
    isCacheBeside: isCacheBeside(fields),
  };
}

/** Langfuse: `input` and `output` exclude what is named `input_*` and `output_*` beside them. */
function sentDetails(details: { [key: string]: unknown }): SentCounts {
  const sum = (pattern: RegExp): number =>
    Object.entries(details).reduce((total, [key, value]) => {
      return total + (pattern.test(key) ? (tokenCount(Number(value)) ?? 0) : 0);
    }, 0);
  const cacheRead = sum(/cache_read|cached/);
  const cacheWrite = sum(/cache_(creation|write)/);
  const reasoning = sum(/^output.*reasoning|^reasoning/);
  return {
    input: sum(/^(input|prompt|input_tokens|prompt_tokens)$/) + cacheRead + cacheWrite,
    output: sum(/^(output|completion|output_tokens|completion_tokens)$/) + reasoning,
    total: null,
    cacheRead,
    cacheWrite,
    reasoning,
    uncachedInput: null,
    isCacheBeside: false,
  };
}

function isCacheBeside(fields: Fields): boolean {
  const sent = fields.text('provider');
  if (sent === null) return false;
  const name = canonicalProvider(sent);
  return CACHE_BESIDE_INPUT.some(
    ({ provider, field, without }) => fields.has(field) && !fields.has(without) && provider.test(name),
  );
}

/** Fills in what only the total tells. */
function completed(sent: SentCounts, operation: Operation): { input: number; output: number } {
  const { input, output, total } = sent;
  if (total !== null && input === null && output === null) return { input: total, output: 0 };
  if (total !== null && output === null && operation !== 'embeddings') {
    return { input: input ?? 0, output: Math.max(0, total - (input ?? 0)) };
  }
  if (total !== null && input === null)
    return { input: Math.max(0, total - (output ?? 0)), output: output ?? 0 };
  return { input: input ?? 0, output: output ?? 0 };
}

function excludesCache(sent: SentCounts, cache: number): boolean {
  if (cache === 0 || sent.input === null) return false;
  if (cache > sent.input) return true;
  if (sent.uncachedInput !== null) return sent.uncachedInput === sent.input;
  if (sent.isCacheBeside) return true;
  if (sent.total === null || sent.output === null) return false;
  return sent.total === sent.input + sent.output + cache;
}

function excludesReasoning(sent: SentCounts, input: number): boolean {
  if (sent.reasoning === 0 || sent.output === null) return false;
  if (sent.reasoning > sent.output) return true;
  return sent.total !== null && sent.total === input + sent.output + sent.reasoning;
}

function tokenCount(value: number | null): number | null {
  if (value === null || !(value >= 0) || value > MOST_TOKENS) return null;
  return Math.round(value);
}

/** US dollars that the sender reports for the call, or null. */
export function reportedCost(fields: Fields): number | null {
  const total = fields.number('cost') ?? costOfDetails(fields.map('costDetails'));
  const input = fields.number('inputCost');
  const output = fields.number('outputCost');
  const cost = total ?? (input === null && output === null ? null : (input ?? 0) + (output ?? 0));
  return cost !== null && cost >= 0 && cost < 1e6 ? cost : null;
}

function costOfDetails(details: { [key: string]: unknown } | null): number | null {
  if (details === null) return null;
  const total = Number(details.total);
  if (Number.isFinite(total)) return total;
  const parts = Object.values(details).map(Number).filter(Number.isFinite);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}
