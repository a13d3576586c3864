import pino from 'pino';
import { expect, test } from 'vitest';
import { createLog, takeConsole } from './log.ts';

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
  const hostile = 'a\r\n{"level":"error"}\u001b[31m\u009b31m\u0085\u007f\u2028é';
  const [line, ...more] = linesOf((log) => log.info({ name: hostile }, hostile));
  expect(more).toEqual([]);
  expect(line?.replace(/\n$/, '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(line ?? '')).toMatchObject({ name: hostile, msg: hostile });
});

test('security U5, P4: what a framework prints is one line of the log, without the parameters of a statement', () => {
  const printed = { ...console };
  const lines = linesOf((log) => {
    takeConsole(log, printed);
    const error = new Error(
      'Failed query: select $1\nparams: canary\n{"level":"error","msg":"forged"}\u009b',
    );
    printed.error('\u001b[31m⨯\u001b[39m', Object.assign(error, { digest: 'd-1' }));
    printed.log(' %s ready', 'a\nb');
  });
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.replace(/\n$/, '')).not.toMatch(/[\p{Cc}]/u);
  expect(lines[0]).not.toContain('canary');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', err: { digest: 'd-1' } });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'info', msg: 'a\nb ready' });
});
