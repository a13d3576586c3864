import type { Door, Kind } from './shot.ts';

/** Whether an answer says that something was let through: a 2xx, of actions one that says of itself no refusal. */
const letsThrough = (outcome: string): boolean => outcome === '2xx' || outcome === '2xx done';

/** Counts what a run was answered, by kind of door and by door. */
export class Tally {
  /** Requests by kind of door. */
  readonly doors: Partial<Record<Kind, number>> = {};
  readonly answers: Partial<Record<Kind, Record<string, number>>> = {};
  readonly #byDoor: Record<string, Record<string, number>> = {};
  readonly #known: readonly Door[];
  readonly #open = new Set<Door>();
  readonly #told = new Map<Door, string>();

  /** @param known every door of the run */
  constructor(known: readonly Door[]) {
    this.#known = known;
  }

  count(kind: Kind, times = 1): number {
    this.doors[kind] = (this.doors[kind] ?? 0) + times;
    return times;
  }

  answered(door: Door, outcome: string): void {
    const { kind, name } = door;
    const [ofKind, ofDoor] = [this.answers[kind] ?? {}, this.#byDoor[name] ?? {}];
    this.answers[kind] = { ...ofKind, [outcome]: (ofKind[outcome] ?? 0) + 1 };
    this.#byDoor[name] = { ...ofDoor, [outcome]: (ofDoor[outcome] ?? 0) + 1 };
    if (letsThrough(outcome)) this.#open.add(door);
  }

  /** What a door said to a whole request. */
  told(door: Door, words: string): void {
    this.#told.set(door, words);
  }

  /** Of each door its requests, and how many per cent of them were answered how. */
  get shares(): Record<string, Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#byDoor).map(([name, answers]) => {
        const requests = Object.values(answers).reduce((sum, count) => sum + count, 0);
        const part = (count: number) => Math.round((100 * count) / requests);
        const shares = Object.entries(answers).map(([outcome, count]) => [outcome, part(count)]);
        return [name, { requests, ...Object.fromEntries(shares) }];
      }),
    );
  }

  isOpen(door: Door): boolean {
    return this.#open.has(door);
  }

  /** Doors of some kinds that let nothing through yet, without those that lead to nothing. */
  closed(kinds: readonly Kind[]): Door[] {
    return this.#known.filter((door) => kinds.includes(door.kind) && !door.isOdd && !this.#open.has(door));
  }

  /** The same by name, with what each said last. */
  refusals(kinds: readonly Kind[]): Record<string, string> {
    return Object.fromEntries(this.closed(kinds).map((door) => [door.name, this.#told.get(door) ?? '']));
  }
}
