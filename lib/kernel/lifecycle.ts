import type { Log } from './log.ts';

/** Something with a bounded, idempotent end. */
export interface Stoppable {
  name: string;
  stop(): Promise<void>;
}

/**
 * Ends parts in the reverse order of their start, each bounded by `timeoutMs`; a part that fails or
 * hangs is logged and does not keep the next from ending. Calling it again returns the same promise.
 */
export function createLifecycle(log: Log, timeoutMs = 10_000) {
  const parts: Stoppable[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (const part of parts.reverse()) {
      const timeout = Promise.withResolvers<never>();
      const timer = setTimeout(() => timeout.reject(new Error(`no end within ${timeoutMs} ms`)), timeoutMs);
      try {
        await Promise.race([part.stop(), timeout.promise]);
      } catch (error) {
        log.error({ err: error, part: part.name }, 'part did not stop cleanly');
      } finally {
        clearTimeout(timer);
      }
    }
  }

  return {
    add<T extends Stoppable>(part: T): T {
      parts.push(part);
      return part;
    },
    stop(): Promise<void> {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

export type Lifecycle = ReturnType<typeof createLifecycle>;

/** Runs `stop` once on SIGINT or SIGTERM; the process ends by itself when its loop is empty. */
export function stopOnSignal(lifecycle: Lifecycle, log: Log): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      lifecycle.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
