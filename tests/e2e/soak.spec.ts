import { expect, test } from '@playwright/test';
import { compileC } from '#tests/bench/native.ts';
import { inspect } from '#tests/bench/stack.ts';
import { growth, soak } from '#tests/soak/soak.ts';
import { product } from './product.ts';

// The longest task is a time: a busy neighbour on the machine may cost one try, a regression costs all.
test.describe.configure({ retries: 2 });

test('with 1,000 agents and 200 viewers the overview stays quick and memory stays bounded', async ({
  browser,
}, info) => {
  test.setTimeout(120_000);
  test.skip(compileC('drain', info.outputPath('soak')) === null, 'no C compiler for the 199 viewers');
  const running = product();
  const stack = { ...running, ...inspect(running, running.pid) };
  const result = await soak(stack, { seconds: 20, scratch: info.outputPath('soak'), browser });
  expect(result.refused).toBe(0);
  expect(result.closedViewers).toBe(0);
  expect(result.deltas).toBeGreaterThan(199 * 20);
  for (const [part, held] of Object.entries(result.heldMb)) {
    expect(growth(held), `growth of ${part} from ${held.early} to ${held.late} MB`).toBeLessThan(1.5);
  }
  expect(Math.max(0, ...result.longTasksMs), `long tasks: ${result.longTasksMs.join(' ')}`).toBeLessThan(100);
});
