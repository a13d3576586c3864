import type { Usage } from '#lib/model/telemetry.ts';
import { PRICES, type Price } from './tables/prices.ts';

/** Prefixes by which gateways and clouds wrap the name of a model. */
const WRAPPER =
  /^(?:models\/|publishers\/[a-z-]+\/models\/|(?:[a-z]{2,6}|apac|global)\.(?=anthropic\.|amazon\.|meta\.|mistral\.|cohere\.|deepseek\.)|(?:anthropic|amazon|meta|mistral|cohere|deepseek|ai21)\.|(?:openrouter|vertex_ai|bedrock|azure|azure_ai|gemini|openai|anthropic|google|mistralai|mistral|cohere|deepseek|xai|x-ai|meta-llama|meta|qwen|moonshotai|amazon|groq|together_ai|fireworks_ai)\/)/;

/** What follows the name of a model without changing its price: dates, versions, aliases. */
const SUFFIX =
  /^(?:[-@]\d{4}-?\d{2}-?\d{2}|[-@]\d{6,8}|-\d{4}|-\d{3}|-latest|-preview(?:-[\d-]+)?|-exp(?:-[\d-]+)?|-v\d+(?::\d+)?|:\d+|:(?:free|beta|extended|nitro|latest))+$/;

const byModel = new Map<string, Price[]>();
for (const price of PRICES) {
  byModel.set(
    price.model,
    [...(byModel.get(price.model) ?? []), price].sort((a, b) => compareDates(b, a)),
  );
}
const longestFirst = [...byModel.keys()].sort((a, b) => b.length - a.length);
const resolved = new Map<string, Price[] | null>();

function compareDates(a: Price, b: Price): number {
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0;
}

/**
 * US dollars of a call at the prices of its day, or null when the model has no price. Cached tokens are
 * charged at their own price where there is one, and only once: they are a part of the input.
 *
 * @param model name as sent: exact, or with a date, version or gateway prefix
 * @param atMs Unix milliseconds of the call
 */
export function priceOf(model: string, usage: Usage, atMs: number): number | null {
  const price = priceAt(model, atMs);
  if (price === null) return null;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const fresh = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens);
  const dollars =
    fresh * price.input +
    cacheReadTokens * (price.cacheRead ?? price.input) +
    cacheWriteTokens * (price.cacheWrite ?? price.input) +
    outputTokens * price.output;
  return dollars / 1e6;
}

/** The price of a model on a day; before its first known price that one counts. */
function priceAt(model: string, atMs: number): Price | null {
  const prices = pricesOf(model);
  if (prices === null) return null;
  const day = new Date(atMs).toISOString().slice(0, 10);
  return prices.find((price) => price.from <= day) ?? prices.at(-1) ?? null;
}

function pricesOf(model: string): Price[] | null {
  const known = resolved.get(model);
  if (known !== undefined) return known;
  if (resolved.size > 4096) resolved.clear();
  const found = lookUp(model.trim().toLowerCase());
  resolved.set(model, found);
  return found;
}

function lookUp(name: string): Price[] | null {
  const exact = byModel.get(name);
  if (exact !== undefined) return exact;
  const stem = longestFirst.find((key) => name.startsWith(key) && SUFFIX.test(name.slice(key.length)));
  if (stem !== undefined) return byModel.get(stem) ?? null;
  const unwrapped = name.replace(WRAPPER, '');
  return unwrapped === name ? null : lookUp(unwrapped);
}
