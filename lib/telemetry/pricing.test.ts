import { describe, expect, test } from 'vitest';
import { priceOf } from './pricing.ts';

const usage = {
  inputTokens: 1_000_000,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};
const inputPrice = (model: string, day = '2026-11-01') => priceOf(model, usage, Date.parse(day));

describe('priceOf', () => {
  test.each([
    ['gpt-4o', 2.5],
    ['gpt-4o-2024-08-06', 2.5],
    ['gpt-4o-mini-2024-07-18', 0.15],
    ['openai/gpt-4.1-mini', 0.4],
    ['claude-sonnet-4-5-20250929', 3],
    ['anthropic/claude-3-5-haiku-latest', 0.8],
    ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 3],
    ['claude-opus-4-5@20251101', 5],
    ['models/gemini-2.5-flash', 0.3],
    ['gemini-2.5-flash-lite-preview-06-17', 0.1],
    ['GPT-4o', 2.5],
  ])('%s costs $%d per million input tokens', (model, dollars) => {
    expect(inputPrice(model)).toBeCloseTo(dollars, 9);
  });

  test('models are not taken for others that begin alike, and unknown ones have no price', () => {
    for (const model of [
      'gpt-4o-realtime',
      'gpt-4o-audio-preview',
      'my-model',
      '',
      'claude',
      'constructor',
    ]) {
      expect(inputPrice(model), model).toBeNull();
    }
  });

  test('the price is that of the day of the call', () => {
    expect(inputPrice('o3', '2025-05-01')).toBeCloseTo(10, 9);
    expect(inputPrice('o3', '2025-07-01')).toBeCloseTo(2, 9);
    expect(inputPrice('o3', '2020-01-01')).toBeCloseTo(10, 9);
  });

  test('cached input is charged once, at its own price; reasoning is a part of output', () => {
    const cost = priceOf(
      'claude-sonnet-4-5',
      {
        inputTokens: 1000,
        outputTokens: 100,
        cacheReadTokens: 600,
        cacheWriteTokens: 200,
        reasoningTokens: 50,
      },
      Date.parse('2026-01-01'),
    );
    expect(cost).toBeCloseTo((200 * 3 + 600 * 0.3 + 200 * 3.75 + 100 * 15) / 1e6, 12);
  });
});
