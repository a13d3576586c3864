import pino from 'pino';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

/** The lines that a log writes while `act` runs. */
function linesOf(act: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  const log = createLog('test');
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym];
  if (!stream) throw new Error('the log has no stream');
  stream.write = (line) => void lines.push(line);
  act(log);
  return lines;
}

test('security P4: a failed statement is logged without what it was called with', () => {
  const cause = Object.assign(new Error('duplicate key'), { parameters: ['canary'], args: ['canary'] });
  const message = 'Failed query: insert into users values ($1, $2)\nparams: canary,x: Canary\ncanary';
  const error = Object.assign(new Error(message, { cause }), { params: ['canary'], query: 'insert' });
  const [line] = linesOf((log) => log.error({ err: error }, 'failed'));
  expect(line).toContain('insert into users values ($1, $2)');
  expect(line).toContain('duplicate key');
  expect(line).not.toMatch(/canary/i);
});

test('security U5: line breaks and escapes from outside stay inside one JSON line', () => {
  const [line, ...more] = linesOf((log) => log.info({ name: 'a\r\n{"level":"error"}\u001b[31m' }, 'x\ny'));
  expect(more).toEqual([]);
  for (const raw of ['\r', '\n', '\u001b']) expect(line?.trimEnd()).not.toContain(raw);
});
