/** A line that a container wrote, and when: Unix milliseconds, and nanoseconds that tell lines of one apart. */
export interface LogLine {
  atMs: number;
  nanoseconds: number;
  text: string;
}

interface ContainerLog {
  current: LogLine[];
  /** Of the container before its last restart; null where there was none. */
  previous: LogLine[] | null;
}

/** What containers wrote, by namespace, pod and container. */
export class LogStore {
  readonly #logs = new Map<string, ContainerLog>();
  #written = 0;
  readonly #listeners = new Map<string, Set<(line: LogLine | null) => void>>();

  static key(namespace: string, pod: string, container: string): string {
    return `${namespace}/${pod}/${container}`;
  }

  of(key: string): ContainerLog {
    const log = this.#logs.get(key) ?? { current: [], previous: null };
    this.#logs.set(key, log);
    return log;
  }

  write(key: string, atMs: number, text: string): void {
    this.#written += 1;
    const line = { atMs, nanoseconds: this.#written % 1_000_000, text };
    this.of(key).current.push(line);
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener(line);
  }

  /** The container ended and starts again: what it wrote is that of the previous one now. */
  restart(key: string): void {
    const log = this.of(key);
    log.previous = log.current;
    log.current = [];
    this.end(key);
  }

  /** Ends the answers that follow this log. */
  end(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener(null);
  }

  /** The pod is gone, and its logs with it. */
  forget(namespace: string, pod: string): void {
    for (const key of [...this.#logs.keys()].filter((one) => one.startsWith(`${namespace}/${pod}/`))) {
      this.end(key);
      this.#logs.delete(key);
    }
  }

  /** Called with each new line, and with null at the end. The answer stops it. */
  follow(key: string, listener: (line: LogLine | null) => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}
