import { afterEach, expect, test, vi } from 'vitest';
import { stageOf } from './build.mjs';
import { step } from './progress.mjs';

const lines = [];
vi.spyOn(process.stdout, 'write').mockImplementation((text) =>
  lines.push(String(text).replace(/^\[.*?\] |\n$/g, '')),
);
afterEach(() => lines.splice(0));

test('a step says what it does, and goes on saying so while it takes long', async () => {
  const heard = Promise.withResolvers();
  const answer = step(
    'Building',
    async (tell) => {
      tell('compiling');
      await heard.promise;
      return 7;
    },
    5,
  );
  await expect.poll(() => lines.length).toBeGreaterThanOrEqual(4);
  heard.resolve();
  expect(await answer).toBe(7);
  expect(lines.slice(0, 3)).toEqual([
    'Building ...',
    'Building: compiling',
    'Building: compiling, 0 s so far',
  ]);
  expect(lines.at(-1)).toMatch(/^Building: done in \d+\.\d s$/);
});

test('a step that fails is silent from then on', async () => {
  await expect(step('Building', () => Promise.reject(new Error('no')), 5)).rejects.toThrow('no');
  const told = lines.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(lines).toHaveLength(told);
});

test('of what the build prints only its stages are told', () => {
  expect(stageOf('   Creating an optimized production build ...')).toBe(
    'creating an optimized production build',
  );
  expect(stageOf('   Collecting page data using 1 worker ...')).toBe('collecting page data using 1 worker');
  expect(stageOf(' ✓ Compiled successfully in 31.4s')).toBe(null);
  expect(stageOf('Route (app)')).toBe(null);
  expect(stageOf('')).toBe(null);
});
