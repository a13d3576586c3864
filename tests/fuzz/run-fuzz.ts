import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Target } from '../bench/stack.ts';
import { Chance } from '../history/chance.ts';
import { actionDoors } from './action-doors.ts';
import { pick } from './hostile-values.ts';
import { type Knocker, People } from './people.ts';
import { plantSecrets } from './plant-secrets.ts';
import { type OpenApi, resolverOf, restDoors } from './rest-doors.ts';
import type { Ammunition, Door, Kind, Shot } from './shot.ts';
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
  /** Makes the word of the identity provider that it signed somebody out, which counts once. */
  logoutToken(): string;
}

export interface FuzzReport {
  seed: number;
  sent: number;
  seconds: number;
  /** Requests by kind of door. */
  doors: Partial<Record<Kind, number>>;
  /**
   * Answers by kind of door and class of status; those of actions that were answered say besides whether they were
   * carried out, or with which code they were refused.
   */
  answers: Partial<Record<Kind, Record<string, number>>>;
}

/** Requests under way at a time. */
const AT_ONCE = 12;
/** After so many everybody is let in anew, and processes and log are looked at. */
const ROUND = 300;
const ANSWER_MS = 30_000;
/** How the kinds of doors share the requests; sockets come on top. */
const SHARES: readonly [Kind, number][] = [
  ['rest', 8],
  ['action', 6],
  ['page', 2],
  ['route', 1],
  ['scim', 3],
  ['alertmanager', 2],
  ['calendar', 1],
  ['link', 2],
  ['sign-on', 1],
];
const KINDS = SHARES.flatMap(([kind, share]) => Array<Kind>(share).fill(kind));
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

/** How an answer is counted. */
function outcomeOf(status: number, text: string): string {
  const told = /"ok":(?:(true)|false,"error":\{"code":"(\w+)")/.exec(text.slice(0, 5000));
  const class_ = `${Math.floor(status / 100)}xx`;
  // What fails below the frame of a page leaves its digest: a number, where the error was none of ours.
  if (/(?:data-dgst="|E\{"digest":")\d+"/.test(text)) return `${class_} internal`;
  if (class_ !== '2xx' || !told) return class_;
  return told[1] ? '2xx done' : `2xx ${told[2]}`;
}

/** One run against a product. */
class Run {
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #pool: Pool;
  readonly #people: People;
  readonly #doors: Readonly<Partial<Record<Kind, Door[]>>>;
  readonly #resolve: Ammunition['resolve'];
  readonly doors: FuzzReport['doors'] = {};
  readonly answers: FuzzReport['answers'] = {};
  /** What requests are made from in this round. */
  #supplies: Pick<Ammunition, 'ids' | 'tables' | 'secrets'> | null = null;
  #knockers: Knocker[] = [];
  #strong: Knocker[] = [];

  constructor(
    target: Target,
    options: FuzzOptions,
    parts: {
      pool: Pool;
      people: People;
      doors: Readonly<Partial<Record<Kind, Door[]>>>;
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

  #count(kind: Kind, times = 1): number {
    this.doors[kind] = (this.doors[kind] ?? 0) + times;
    return times;
  }

  #countAnswer(kind: Kind, outcome: string): void {
    const answers = this.answers[kind] ?? {};
    this.answers[kind] = { ...answers, [outcome]: (answers[outcome] ?? 0) + 1 };
  }

  async startRound(): Promise<void> {
    this.#knockers = await this.#people.letIn();
    this.#strong = this.#knockers.filter(({ name }) => STRONG.has(name));
    const [secretKey, issuer] = [this.#target.setting('SECRET_KEY'), this.#target.setting('OIDC_ISSUER')];
    const cut = await this.#people.openDoors({ secretKey, issuer });
    const secrets = { ...cut, logoutToken: this.#options.logoutToken() };
    this.#options.witness.guard([
      ['a provisioning token', secrets.provisioning],
      ['the secret of an integration', secrets.integration.secret],
    ]);
    const tables = await this.#people.idsOfRows();
    this.#supplies = { ids: [...tables.values()].flat(), tables, secrets };
  }

  /** The request of a number, the same for the same seed and the same ids. */
  #shotOf(chance: Chance): { door: Door; shot: Shot } {
    if (!this.#supplies) throw new Error('no round was started');
    const door = pick(chance, this.#doors[pick(chance, KINDS)] ?? []);
    return { door, shot: door.aim({ ...this.#supplies, chance, resolve: this.#resolve }) };
  }

  /** Sends the request of a number. */
  async shoot(number: number): Promise<number> {
    const { seed, witness } = this.#options;
    const chance = new Chance(seed, number);
    const knocker = pick(chance, chance.happens(0.5) ? this.#knockers : this.#strong);
    if (chance.happens(0.03)) return this.#throughSocket(number, chance, knocker);
    const { door, shot } = this.#shotOf(chance);
    const who = `${knocker.name}${shot.headers.authorization ? ' with the key of the door' : ''}`;
    const what = `${door.kind} ${door.name}: ${shot.method} ${shot.path.slice(0, 300)}`;
    const where = `seed ${seed} request ${number}: ${who} -> ${what}`;
    const sent = () => `sent ${String(shot.body ?? '').slice(0, 600)}`;
    try {
      const { status, text } = await send(this.#pool, shot, knocker);
      const outcome = outcomeOf(status, text);
      this.#countAnswer(door.kind, outcome);
      const failed = status >= 500 || outcome.endsWith(' internal');
      witness.answered(failed ? `${where}\n${JSON.stringify(shot.headers)} ${sent()}` : where, status, text);
      if (status < 500 && failed) witness.note('failed unexpectedly', `${where}\n${sent()}`, text);
    } catch (error) {
      // A path or header that the client itself does not send.
      if ((error as { code?: string }).code !== 'UND_ERR_INVALID_ARG')
        witness.note(`no answer (${error})`, where, sent());
    }
    return this.#count(door.kind);
  }

  async #throughSocket(number: number, chance: Chance, knocker: Knocker): Promise<number> {
    const { seed, witness } = this.#options;
    const { cookie } = knocker.headers;
    const token = cookie === undefined ? null : await this.#liveToken(knocker);
    const sent = await fuzzSocket({
      ...{ url: `ws://127.0.0.1:${this.#target.realtimePort}`, origin: this.#target.url, token, chance },
      ...{
        ids: this.#supplies?.ids ?? [],
        witness,
        where: `seed ${seed} socket ${number} of ${knocker.name}`,
      },
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

/** Plants what must not come out, and finds the doors. */
async function prepare(target: Target, options: FuzzOptions, pool: Pool, people: People): Promise<Run> {
  const admin = (await people.letIn()).find(({ name }) => name === 'admin');
  if (!admin) throw new Error('nobody was let in');
  options.witness.guard((await plantSecrets(target.url, admin)).secrets);
  const document = (await (await fetch(`${target.url}/api/v1/openapi.json`)).json()) as OpenApi;
  const found = [...restDoors(document), ...(await actionDoors()), ...routeDoors(), ...pageDoors()];
  const doors = Object.groupBy(found, ({ kind }) => kind);
  return new Run(target, options, { pool, people, doors, resolve: resolverOf(document) });
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
  const run = await prepare(target, options, pool, people);
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
    // What the last requests left in the log comes through a pipe.
    await setTimeout(1000);
    witness.readLog(log());
  } finally {
    await pool.close();
    await people.close();
  }
  const { doors, answers } = run;
  return { seed, sent, seconds: (Date.now() - begin) / 1000, doors, answers };
}
