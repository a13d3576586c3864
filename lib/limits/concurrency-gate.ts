import { AppError } from '../kernel/errors.ts';

export interface ConcurrencyGate {
  /**
   * Runs `work` once there is room for the key; throws AppError `rate_limited` when too many wait for it already, or
   * when no room came in time.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export interface GateSize {
  /** Works of one key under way at a time. */
  atOnce: number;
  /** Works of one key that may wait for room. */
  waiting: number;
  /** Milliseconds that one waits at most. */
  patienceMs: number;
}

interface Lane {
  running: number;
  /** Called in order when room comes. */
  waiters: Set<() => void>;
}

const RETRY_AFTER_SECONDS = 2;

function crowded(): AppError {
  return new AppError('rate_limited', 'Your team asks for much at once. Try again in a moment.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/**
 * Bounds what one team may ask for at once of what is expensive, so that nobody else waits behind a noisy neighbour
 * (security U8). A short queue smooths the bursts of pages with many charts. It holds for one process.
 */
export function createConcurrencyGate({ atOnce, waiting, patienceMs }: GateSize): ConcurrencyGate {
  const lanes = new Map<string, Lane>();

  function laneOf(key: string): Lane {
    const lane = lanes.get(key) ?? { running: 0, waiters: new Set() };
    lanes.set(key, lane);
    return lane;
  }

  /** Resolves with a place in the lane, which goes from hand to hand. */
  function place(lane: Lane): Promise<void> {
    if (lane.running < atOnce) {
      lane.running += 1;
      return Promise.resolve();
    }
    if (lane.waiters.size >= waiting) return Promise.reject(crowded());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const enter = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      lane.waiters.delete(enter);
      reject(crowded());
    }, patienceMs);
    lane.waiters.add(enter);
    return promise;
  }

  function leave(key: string, lane: Lane): void {
    const [next] = lane.waiters;
    if (next) {
      lane.waiters.delete(next);
      next();
    } else {
      lane.running -= 1;
      if (lane.running === 0) lanes.delete(key);
    }
  }

  return {
    async run(key, work) {
      const lane = laneOf(key);
      await place(lane);
      try {
        return await work();
      } finally {
        leave(key, lane);
      }
    },
  };
}
