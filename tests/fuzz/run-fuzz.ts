import { Pool } from 'undici';
import type { Target } from '../bench/stack.ts';
import { Chance } from '../history/chance.ts';
import { actionDoors } from './action-doors.ts';
import { pick } from './hostile-values.ts';
import { type Knocker, People } from './people.ts';
import { type OpenApi, resolverOf, restDoors } from './rest-doors.ts';
import type { Ammunition, Door, Shot } from './shot.ts';
import { fuzzSocket } from './socket-fuzz.ts';
import { pageDoors, routeDoors } from './tree-doors.ts';
import type { Witness } from './witness.ts';

export interface FuzzOptions {
  seed: number;
  /** Requests to send, socket packets included. */
  requests: number;
  /** It ends after so long, whatever was sent. */
  seconds: number;
  witness: Witness;
}

export interface FuzzReport {
  seed: number;
  sent: number;
  seconds: number;
  /** Requests by kind of door. */
  doors: Record<string, number>;
}

/** Requests under way at a time. */
const AT_ONCE = 12;
/** After so many everybody is let in anew, and processes and log are looked at. */
const ROUND = 300;
const ANSWER_MS = 30_000;
/** How the kinds of doors share the requests, in twentieths; sockets come on top. */
const KINDS = [
  ...Array<'rest'>(9).fill('rest'),
  ...Array<'action'>(6).fill('action'),
  ...Array<'route'>(3).fill('route'),
  ...Array<'page'>(2).fill('page'),
];
/** Who gets furthest, and so knocks half of the time. */
const STRONG: ReadonlySet<string> = new Set(['developer', 'admin', 'key write']);
const PARTS = ['web', 'realtime', 'ingest', 'worker'] as const;

async function send(pool: Pool, shot: Shot, knocker: Knocker) {
  const headers = { ...knocker.headers, ...shot.headers };
  if (shot.headers.cookie && knocker.headers.cookie)
    headers.cookie = `${knocker.headers.cookie}; ${shot.headers.cookie}`;
  const { method, path, body } = shot;
  const answer = await pool.request({
    ...{ path, headers, body, method: method as 'GET' },
    ...{ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS },
  });
  return { status: answer.statusCode, text: (await answer.body.text()) + JSON.stringify(answer.headers) };
}

/** The request of a number, the same for the same seed and the same ids. */
function shotOf(doors: Readonly<Record<string, Door[]>>, from: Ammunition): Shot {
  const kind = pick(from.chance, KINDS);
  return pick(from.chance, doors[kind] ?? [])(from);
}

/** One run against a product. */
class Run {
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #pool: Pool;
  readonly #people: People;
  readonly #doors: Readonly<Record<string, Door[]>>;
  readonly #resolve: Ammunition['resolve'];
  readonly counts: Record<string, number> = {};
  #ids: readonly string[] = [];
  #knockers: Knocker[] = [];
  #strong: Knocker[] = [];

  constructor(
    target: Target,
    options: FuzzOptions,
    parts: {
      pool: Pool;
      people: People;
      doors: Readonly<Record<string, Door[]>>;
      resolve: Ammunition['resolve'];
    },
  ) {
    this.#target = target;
    this.#options = options;
    this.#pool = parts.pool;
    this.#people = parts.people;
    this.#doors = parts.doors;
    this.#resolve = parts.resolve;
  }

  #count(kind: string, times = 1): number {
    this.counts[kind] = (this.counts[kind] ?? 0) + times;
    return times;
  }

  async startRound(): Promise<void> {
    this.#knockers = await this.#people.letIn();
    this.#strong = this.#knockers.filter(({ name }) => STRONG.has(name));
    this.#ids = await this.#people.idsOfRows();
  }

  /** Sends the request of a number. */
  async shoot(number: number): Promise<number> {
    const { seed, witness } = this.#options;
    const chance = new Chance(seed, number);
    const knocker = pick(chance, chance.happens(0.5) ? this.#knockers : this.#strong);
    if (chance.happens(0.03)) return this.#throughSocket(number, chance, knocker);
    const shot = shotOf(this.#doors, { chance, ids: this.#ids, resolve: this.#resolve });
    const where = `seed ${seed} request ${number}: ${knocker.name} -> ${shot.door}: ${shot.method} ${shot.path.slice(0, 300)}`;
    const sent = () => `sent ${String(shot.body ?? '').slice(0, 600)}`;
    try {
      const { status, text } = await send(this.#pool, shot, knocker);
      witness.answered(
        status >= 500 ? `${where}\n${JSON.stringify(shot.headers)} ${sent()}` : where,
        status,
        text,
      );
    } catch (error) {
      // A path or header that the client itself does not send.
      if ((error as { code?: string }).code !== 'UND_ERR_INVALID_ARG')
        witness.note(`no answer (${error})`, where, sent());
    }
    return this.#count(shot.door.split(' ')[0] ?? '');
  }

  async #throughSocket(number: number, chance: Chance, knocker: Knocker): Promise<number> {
    const { seed, witness } = this.#options;
    const { cookie } = knocker.headers;
    const token = cookie === undefined ? null : await this.#liveToken(knocker);
    const sent = await fuzzSocket({
      ...{ url: `ws://127.0.0.1:${this.#target.realtimePort}`, origin: this.#target.url, token, chance },
      ...{ ids: this.#ids, witness, where: `seed ${seed} socket ${number} of ${knocker.name}` },
    });
    return this.#count('socket', sent);
  }

  async #liveToken({ headers }: Knocker): Promise<string | null> {
    const answer = await this.#pool.request({
      ...{ path: '/api/live-token', method: 'POST', body: JSON.stringify({ teamId: this.#people.teamId }) },
      headers: { ...headers, 'content-type': 'application/json' },
    });
    const body = (await answer.body.json()) as { token?: string };
    return body.token ?? null;
  }
}

/**
 * Fuzzes a product until enough was sent or the time is over. What must not have happened is with the witness.
 *
 * @param log what its processes have said so far
 */
export async function runFuzz(target: Target, log: () => string, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, requests, seconds, witness } = options;
  const begin = Date.now();
  const pool = new Pool(target.url, { connections: AT_ONCE });
  const people = await People.open(target.setting('DATABASE_OWNER_URL'), target.url);
  const document = (await (await fetch(`${target.url}/api/v1/openapi.json`)).json()) as OpenApi;
  const doors = {
    rest: restDoors(document),
    action: await actionDoors(),
    route: routeDoors(),
    page: pageDoors(),
  };
  const run = new Run(target, options, { pool, people, doors, resolve: resolverOf(document) });
  const pids = () => Object.fromEntries(PARTS.map((part) => [part, target.pids(part)]));
  const before = pids();
  let sent = 0;
  let number = 0;
  const isOver = () => sent >= requests || Date.now() - begin > seconds * 1000 || witness.isFull;
  try {
    while (!isOver()) {
      await run.startRound();
      const end = number + ROUND;
      const lane = async () => {
        while (number < end && !isOver()) {
          const count = await run.shoot(number++);
          sent += count;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      witness.samePids(before, pids());
      witness.readLog(log());
    }
  } finally {
    await pool.close();
    await people.close();
  }
  return { seed, sent, seconds: (Date.now() - begin) / 1000, doors: run.counts };
}
