import { expect, test } from 'vitest';
import { createLog } from '#lib/kernel/log.ts';
import { type Loop, type StepResult, startLoops, type TakeLock } from './loop.ts';

const NOTHING = { done: 0, more: false };
const freeLock: TakeLock = async () => async () => {};
const silentBus = { subscribe: async () => async () => {} };
const agenda = async () => new Map<string, number>();

/** Runs loops until `results` steps were reported. */
async function run(loops: Loop[], results: number, takeLock: TakeLock = freeLock) {
  const reported: [loop: string, result: StepResult, done: number][] = [];
  const enough = Promise.withResolvers<void>();
  const meter = {
    stepped(loop: string, result: StepResult, _seconds: number, done: number) {
      if (loop === 'agenda') return;
      reported.push([loop, result, done]);
      if (reported.length === results) enough.resolve();
    },
  };
  const runner = startLoops(loops, {
    log: createLog('test', 'silent'),
    meter,
    takeLock,
    bus: silentBus,
    agenda,
  });
  await enough.promise;
  await runner.stop();
  return reported.slice(0, results);
}

const loop = (values: Partial<Loop>): Loop => ({
  name: 'x',
  intervalMs: 1,
  timeoutMs: 1000,
  exclusive: 'claims',
  step: async () => NOTHING,
  ...values,
});

test('a step that fails is counted and the loop goes on', async () => {
  let steps = 0;
  const step = async () => {
    steps += 1;
    if (steps === 1) throw new Error('no');
    return { done: 3, more: false };
  };
  expect(await run([loop({ step })], 2)).toEqual([
    ['x', 'error', 0],
    ['x', 'ok', 3],
  ]);
});

test('a step that hangs is given up after its time-out, and its signal says so', async () => {
  const reasons: unknown[] = [];
  const step = (signal: AbortSignal) =>
    new Promise<never>(() => signal.addEventListener('abort', () => reasons.push(signal.reason)));
  expect(await run([loop({ timeoutMs: 5, step })], 2)).toEqual([
    ['x', 'timeout', 0],
    ['x', 'timeout', 0],
  ]);
  expect(String(reasons[0])).toContain('longer than 5 ms');
});

test('while another worker holds the lock no step runs, and the lock is given back after each one', async () => {
  let held = 0;
  let turn = 0;
  const takeLock: TakeLock = async () => {
    turn += 1;
    if (turn === 1) return null;
    held += 1;
    return async () => {
      held -= 1;
    };
  };
  const during: number[] = [];
  const step = async () => {
    during.push(held);
    throw new Error('no');
  };
  const reported = await run([loop({ exclusive: 'one', step })], 3, takeLock);
  expect(reported.map(([, result]) => result)).toEqual(['elsewhere', 'error', 'error']);
  expect(during.slice(0, 2)).toEqual([1, 1]);
  expect(held).toBe(0);
});

test('a full batch is followed at once by the next', async () => {
  let left = 3;
  const step = async () => ({ done: 1, more: --left > 0 });
  const startedAt = performance.now();
  await run([loop({ intervalMs: 60_000, step })], 3);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

test('stopping twice ends the steps under way and waits for them', async () => {
  let ended = false;
  const entered = Promise.withResolvers<void>();
  const step = async (signal: AbortSignal) => {
    entered.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    ended = true;
    return NOTHING;
  };
  const tools = {
    log: createLog('test', 'silent'),
    meter: { stepped() {} },
    takeLock: freeLock,
    bus: silentBus,
    agenda,
  };
  const runner = startLoops([loop({ step })], tools);
  await entered.promise;
  await Promise.all([runner.stop(), runner.stop()]);
  expect(ended).toBe(true);
});

test('a wake ends the wait for the next step, also one that came while a step ran', async () => {
  let wake = () => {};
  const bus = {
    subscribe: async (_channel: string, handler: (payload: string, channel: string) => void) => {
      wake = () => handler('', 'wake:groups');
      return async () => {};
    },
  };
  const enough = Promise.withResolvers<void>();
  let steps = 0;
  const step = async () => {
    steps += 1;
    if (steps === 3) enough.resolve();
    else wake();
    return NOTHING;
  };
  const tools = {
    log: createLog('test', 'silent'),
    meter: { stepped() {} },
    takeLock: freeLock,
    bus,
    agenda,
  };
  const runner = startLoops([loop({ intervalMs: 3_600_000, wakeOn: 'groups', step })], tools);
  await enough.promise;
  await runner.stop();
  expect(steps).toBe(3);
});

test('a bus that takes no subscription keeps no loop from its work', async () => {
  let steps = 0;
  const enough = Promise.withResolvers<void>();
  const step = async () => {
    steps += 1;
    if (steps === 3) enough.resolve();
    return NOTHING;
  };
  const tools = {
    log: createLog('test', 'silent'),
    meter: { stepped() {} },
    takeLock: freeLock,
    bus: { subscribe: () => Promise.reject(new Error('away')) },
    agenda,
  };
  const runner = startLoops([loop({ wakeOn: 'groups', step })], tools);
  await enough.promise;
  await runner.stop();
  expect(steps).toBeGreaterThanOrEqual(3);
});

test('the agenda ends the wait of the loop that it names, at the moment it names', async () => {
  const steps: [name: string, atMs: number][] = [];
  const enough = Promise.withResolvers<void>();
  const named = (name: string) =>
    loop({
      ...{ name, intervalMs: 3_600_000 },
      async step() {
        steps.push([name, performance.now()]);
        if (steps.length === 3) enough.resolve();
        return NOTHING;
      },
    });
  const log = createLog('test', 'silent');
  let looks = 0;
  const once = async () => new Map(looks++ === 0 ? [['named', 300]] : []);
  const tools = { log, meter: { stepped() {} }, takeLock: freeLock, bus: silentBus, agenda: once };
  const runner = startLoops([named('named'), named('other')], tools);
  await enough.promise;
  await runner.stop();
  expect(steps.map(([name]) => name)).toEqual(['named', 'other', 'named']);
  const waitedMs = (steps[2]?.[1] ?? 0) - (steps[0]?.[1] ?? 0);
  expect(waitedMs).toBeGreaterThan(280);
  expect(waitedMs).toBeLessThan(3000);
});
