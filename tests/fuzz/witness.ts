import { readFileSync } from 'node:fs';

/** Something that must not have happened. */
export interface Finding {
  what: string;
  /** Which request of which seed, or where it was seen. */
  where: string;
  detail: string;
}

/** Lines of a log that say that something was not expected. */
const ALARMS = [
  /"level":"(?:error|fatal)"/,
  /unhandled ?rejection/i,
  /uncaught ?exception/i,
  /⨯/,
  /heap out of memory/,
  /MaxListenersExceededWarning/,
];

const MOST_FINDINGS = 200;

/** Of a long text its begin and its end: causes of errors stand last. */
const endsOf = (text: string): string =>
  text.length > 1400 ? `${text.slice(0, 700)} [...] ${text.slice(-700)}` : text;

/** Looks at every answer, frame and log line of a run for what must never be there. */
export class Witness {
  readonly findings: Finding[] = [];
  readonly #canaries: Map<string, string>;
  #logAt = 0;

  /** @param canaries name of a secret -> its text, which nobody may be told */
  constructor(canaries: ReadonlyMap<string, string>) {
    this.#canaries = new Map(canaries);
  }

  /** Further secrets from now on, in the places of those with the same names. */
  guard(canaries: Iterable<readonly [name: string, text: string]>): void {
    for (const [name, text] of canaries) this.#canaries.set(name, text);
  }

  get isFull(): boolean {
    return this.findings.length >= MOST_FINDINGS;
  }

  note(what: string, where: string, detail: string): void {
    if (!this.isFull) this.findings.push({ what, where, detail: endsOf(detail) });
  }

  /** An answer over HTTP. */
  answered(where: string, status: number, text: string): void {
    if (status >= 500) this.note(`status ${status}`, where, text);
    this.seen(where, text);
  }

  /** Text that came out at some door. */
  seen(where: string, text: string): void {
    for (const [name, canary] of this.#canaries)
      if (text.includes(canary)) this.note(`secret ${name} came out`, where, text);
  }

  /** What the processes said since the last look. */
  readLog(text: string): void {
    const fresh = text.slice(this.#logAt);
    this.#logAt = text.length;
    for (const line of fresh.split('\n')) {
      if (ALARMS.some((alarm) => alarm.test(line))) this.note('logged', 'the log', line);
      this.seen('the log', line);
    }
  }

  /** Whether processes are those that they were. */
  samePids(before: Readonly<Record<string, number[]>>, after: Readonly<Record<string, number[]>>): void {
    for (const [part, pids] of Object.entries(before))
      if (String(after[part]) !== String(pids))
        this.note(`${part} is another process`, 'the processes', `${pids} became ${after[part]}`);
  }
}

/** The secrets that a product made for itself on its first start. */
export function secretsOf(dataDir: string): Map<string, string> {
  const made = JSON.parse(readFileSync(`${dataDir}/secrets.json`, 'utf8')) as Record<string, unknown>;
  const texts = Object.entries(made).flatMap(([name, value]) =>
    typeof value === 'string' && value.length >= 16 ? [[name, value] as const] : [],
  );
  return new Map(texts);
}
