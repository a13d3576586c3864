/**
 * The worker: named loops that do what nobody waits for. `loop.ts` says what a loop is and runs it,
 * `loops/` holds one loop a file, `main.ts` puts them together.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#lib/kernel/log.ts';
import { channels, type WakeQueue } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Agenda } from './agenda.ts';

/** Something that is done again and again. */
export interface Loop {
  name: string;
  /**
   * From the end of one step to the start of the next at the latest, milliseconds; varied by a sixth so that
   * workers spread. Loops that the agenda wakes have a long one, for the case that their work is not on it.
   */
  intervalMs: number;
  /** After this long a step is given up: its signal aborts and the loop goes on without it. */
  timeoutMs: number;
  /**
   * `claims`: steps claim rows, any number of workers may run at once. `one`: an advisory lock keeps all
   * other workers out while a step runs.
   */
  exclusive: 'claims' | 'one';
  /** Messages of this queue end the wait for the next step early. So does the agenda when it names the loop. */
  wakeOn?: WakeQueue;
  /** Does what there is to do, bounded by a batch, and reports it. `more`: the next step follows at once. */
  step(signal: AbortSignal): Promise<{ done: number; more: boolean }>;
}

export type StepResult = 'ok' | 'error' | 'timeout' | 'elsewhere';

/** What the runner tells about each step. */
export interface LoopMeter {
  stepped(loop: string, result: StepResult, seconds: number, done: number): void;
}

/** Takes a lock that all workers share; answers with its release, or null while another worker holds it. */
export type TakeLock = (name: string) => Promise<(() => Promise<void>) | null>;

export interface RunnerTools {
  log: Log;
  meter: LoopMeter;
  takeLock: TakeLock;
  bus: Pick<EventBus, 'subscribe'>;
  /** Says which loops have something to do soon, and in how many milliseconds. */
  agenda: Agenda;
}

/** A bus that was away when a loop wanted to listen is asked again after this, milliseconds. */
const LISTEN_AGAIN_MS = 5000;
/** From one look at the agenda to the next, milliseconds. */
const AGENDA_EVERY_MS = 1000;

class StepTimeout extends Error {}

async function withinTimeout(loop: Loop, stop: AbortSignal): Promise<{ done: number; more: boolean }> {
  const overdue = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new StepTimeout(`${loop.name} took longer than ${loop.timeoutMs} ms`);
    overdue.abort(error);
    late.reject(error);
  }, loop.timeoutMs);
  try {
    return await Promise.race([loop.step(AbortSignal.any([stop, overdue.signal])), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function lockedStep(loop: Loop, tools: RunnerTools, stop: AbortSignal) {
  if (loop.exclusive === 'claims') return withinTimeout(loop, stop);
  const release = await tools.takeLock(loop.name);
  if (release === null) return 'elsewhere';
  try {
    return await withinTimeout(loop, stop);
  } finally {
    await release();
  }
}

/** One step with everything around it; never rejects. Answers whether the next one should follow at once. */
async function runStep(loop: Loop, tools: RunnerTools, stop: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  const report = (result: StepResult, done = 0) =>
    tools.meter.stepped(loop.name, result, (performance.now() - startedAt) / 1000, done);
  try {
    const outcome = await lockedStep(loop, tools, stop);
    if (outcome === 'elsewhere') {
      report('elsewhere');
      return false;
    }
    report('ok', outcome.done);
    return outcome.more;
  } catch (error) {
    if (stop.aborted) return false;
    report(error instanceof StepTimeout ? 'timeout' : 'error');
    tools.log.error({ err: error, loop: loop.name }, 'a step failed');
    return false;
  }
}

function jittered(intervalMs: number): number {
  return intervalMs * (5 / 6 + Math.random() / 3);
}

/** The wait between two steps. A wake that comes while a step runs is kept for the wait after it. */
class Pause {
  #woken = false;
  #end: AbortController | null = null;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  wake(): void {
    this.#woken = true;
    this.#end?.abort();
  }

  /** Wakes after a time; the last time given counts. A step under way does what is due by now itself. */
  wakeIn(ms: number): void {
    clearTimeout(this.#alarm);
    if (ms > 0) this.#alarm = setTimeout(() => this.wake(), Math.ceil(ms)).unref();
    else if (this.#end !== null) this.wake();
  }

  async for(ms: number, stop: AbortSignal): Promise<void> {
    if (!this.#woken) {
      this.#end = new AbortController();
      const signal = AbortSignal.any([stop, this.#end.signal]);
      await sleep(ms, undefined, { signal }).catch(() => undefined);
    }
    this.#end = null;
    this.#woken = false;
  }
}

/** Listens for wakes; until the bus takes that, the loop goes by its interval and the agenda. */
async function listen(
  loop: Loop,
  pause: Pause,
  tools: RunnerTools,
  stop: AbortSignal,
): Promise<() => Promise<void>> {
  while (loop.wakeOn !== undefined && !stop.aborted) {
    try {
      return await tools.bus.subscribe(channels.wake(loop.wakeOn), () => pause.wake());
    } catch (error) {
      tools.log.warn({ err: error, loop: loop.name }, 'a loop is not woken for now');
      await sleep(LISTEN_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return async () => {};
}

async function runUntilStopped(
  loop: Loop,
  pause: Pause,
  tools: RunnerTools,
  stop: AbortSignal,
): Promise<void> {
  const listening = listen(loop, pause, tools, stop);
  while (!stop.aborted) {
    const more = await runStep(loop, tools, stop);
    if (!more) await pause.for(jittered(loop.intervalMs), stop);
  }
  const leave = await listening;
  await leave().catch(() => undefined);
}

/** Wakes the loops that have something to do at the moment they have it. */
function agendaLoop(agenda: Agenda, pauses: ReadonlyMap<string, Pause>): Loop {
  return {
    name: 'agenda',
    intervalMs: AGENDA_EVERY_MS,
    timeoutMs: 10_000,
    exclusive: 'claims',
    async step() {
      const due = await agenda();
      for (const [name, inMs] of due) pauses.get(name)?.wakeIn(inMs);
      return { done: due.size, more: false };
    },
  };
}

/** Runs loops side by side until it is stopped; stopping waits for the steps under way, whose signals abort. */
export function startLoops(loops: readonly Loop[], tools: RunnerTools) {
  const stop = new AbortController();
  const pauses = new Map(loops.map(({ name }) => [name, new Pause()]));
  const running = [...loops, agendaLoop(tools.agenda, pauses)].map((loop) =>
    runUntilStopped(loop, pauses.get(loop.name) ?? new Pause(), tools, stop.signal),
  );
  return {
    name: 'loops',
    async stop(): Promise<void> {
      stop.abort();
      await Promise.all(running);
    },
  };
}
