import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '#tests/bench/stack.ts';
import { growth, launchBrowser, soak } from './soak.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const scratch = mkdtempSync(join(tmpdir(), 'pitwall-soak-'));
const stack = await startStack(null);
const browser = await launchBrowser();
try {
  const result = await soak(stack, {
    ...{ seconds: Number(values.seconds), scratch, browser },
    onProgress: (line) => process.stdout.write(`${line}\n`),
  });
  const grown = Object.fromEntries(Object.entries(result.heldMb).map(([part, held]) => [part, growth(held)]));
  const longest = Math.max(0, ...result.longTasksMs);
  const { longTasksMs, ...rest } = result;
  process.stdout.write(
    `${JSON.stringify({ ...rest, longTasks: longTasksMs.length, longestTaskMs: longest, grown })}\n`,
  );
  const failed =
    longest >= 100 ||
    result.closedViewers > 0 ||
    result.refused > 0 ||
    Object.values(grown).some((factor) => factor > 1.25);
  process.stdout.write(failed ? 'The soak failed.\n' : 'The soak passed.\n');
  process.exitCode = failed ? 1 : 0;
} finally {
  await browser.close();
  await stack.stop();
  rmSync(scratch, { recursive: true, force: true });
}
