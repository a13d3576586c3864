import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Target } from '../bench/stack.ts';
import { Chance } from '../history/chance.ts';
import { actionDoors } from './action-doors.ts';
import { pick } from './hostile-values.ts';
import { type Knocker, People } from './people.ts';
import { plantRows } from './plant-rows.ts';
import { plantSecrets } from './plant-secrets.ts';
import { type OpenApi, resolverOf, restDoors } from './rest-doors.ts';
import type { Ammunition, Door, Kind, Shot } from './shot.ts';
import { fuzzSocket } from './socket-fuzz.ts';
import { Tally } from './tally.ts';
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
  /**
   * Kinds whose doors must each have let something through: those that did not in the run are sent whole requests at
   * its end, until they do or enough were sent.
   */
  whole: readonly Kind[];
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
  /** Of each door its requests, and how many per cent of them were answered how. */
  byDoor: Record<string, Record<string, number>>;
  /** Doors of the kinds in `whole` that let nothing through in the end, with what was sent last and what it was told. */
  closed: Record<string, string>;
}

/** Requests under way at a time. */
const AT_ONCE = 12;
/** After so many everybody is let in anew, and processes and log are looked at. */
const ROUND = 300;
const ANSWER_MS = 30_000;
/** Whole requests to a door that let nothing through, of which so many are sent as the same people. */
const TRIES = 24;
const TRIES_A_ROUND = 6;
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
/** Every kind of door but the socket. */
export const HTTP_KINDS: readonly Kind[] = SHARES.map(([kind]) => kind);
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

/** What of a shot is told. */
interface Aimed {
  door: Door;
  knocker: Knocker;
  where: string;
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
  readonly tally: Tally;
  /** What requests are made from in this round. */
  #supplies: Pick<Ammunition, 'ids' | 'tables' | 'secrets' | 'teamId'> | null = null;
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
    this.tally = new Tally(Object.values(parts.doors).flat());
  }

  async startRound(): Promise<void> {
    this.#knockers = await this.#people.letIn();
    this.#strong = this.#knockers.filter(({ name }) => STRONG.has(name));
    const [secretKey, issuer] = [this.#target.setting('SECRET_KEY'), this.#target.setting('OIDC_ISSUER')];
    const cut = await this.#people.openDoors({ secretKey, issuer });
    const writeKey =
      this.#knockers
        .find(({ name }) => name === 'key write')
        ?.headers.authorization?.replace('Bearer ', '') ?? '';
    const secrets = { ...cut, writeKey, logoutToken: this.#options.logoutToken() };
    this.#options.witness.guard([
      ['a provisioning token', secrets.provisioning],
      ['the secret of an integration', secrets.integration.secret],
      ['the secret of a webhook', secrets.webhook.secret],
    ]);
    const admin = this.#knockers.find(({ name }) => name === 'admin');
    const planted = admin && (await plantRows(this.#target.url, admin, this.#people.responderId));
    const tables = await this.#people.idsOfRows();
    for (const [table, id] of planted ?? [])
      tables.set(table, [id, ...(tables.get(table) ?? [])].slice(0, 3));
    this.#supplies = { ids: [...tables.values()].flat(), tables, secrets, teamId: this.#people.teamId };
  }

  /** Sends the request of a number, the same for the same seed and the same ids. */
  async shoot(number: number): Promise<number> {
    const { seed } = this.#options;
    const chance = new Chance(seed, number);
    const knocker = pick(chance, chance.happens(0.5) ? this.#knockers : this.#strong);
    if (chance.happens(0.03)) return this.#throughSocket(number, chance, knocker);
    const door = pick(chance, this.#doors[pick(chance, KINDS)] ?? []);
    return this.#knock({ door, knocker, where: `seed ${seed} request ${number}` }, chance, false);
  }

  /** Sends whole requests to each door that let nothing through, as the people who may most. */
  async sweep(kinds: readonly Kind[]): Promise<number> {
    let sent = 0;
    for (const door of this.tally.closed(kinds))
      for (let time = 0; time < TRIES && !this.tally.isOpen(door); time++) {
        // What was let through a moment ago may have ended a session or taken what the next one is about.
        if (time % TRIES_A_ROUND === 0) await this.startRound();
        const { seed } = this.#options;
        const who = door.kind === 'rest' && time % 4 === 1 ? 'key write' : 'admin';
        const knocker = this.#strong.find(({ name }) => name === who);
        const where = `seed ${seed} whole request ${time}`;
        if (knocker) sent += await this.#knock({ door, knocker, where }, new Chance(seed, time), true);
      }
    return sent;
  }

  async #knock({ door, knocker, where }: Aimed, chance: Chance, isWhole: boolean): Promise<number> {
    if (!this.#supplies) throw new Error('no round was started');
    const { witness } = this.#options;
    const shot = door.aim({ ...this.#supplies, chance, isWhole, resolve: this.#resolve });
    const who = `${knocker.name}${shot.headers.authorization ? ' with the key of the door' : ''}`;
    const what = `${where}: ${who} -> ${door.kind} ${door.name}: ${shot.method} ${shot.path.slice(0, 300)}`;
    const sent = () => `sent ${String(shot.body ?? '').slice(0, 600)}`;
    try {
      const { status, text } = await send(this.#pool, shot, knocker);
      const outcome = outcomeOf(status, text);
      this.tally.answered(door, outcome);
      if (isWhole)
        this.tally.told(
          door,
          `${shot.method} ${shot.path.slice(0, 100)} ${sent().slice(0, 300)}: ${text.slice(0, 300)}`,
        );
      const failed = status >= 500 || outcome.endsWith(' internal');
      witness.answered(failed ? `${what}\n${JSON.stringify(shot.headers)} ${sent()}` : what, status, text);
      if (status < 500 && failed) witness.note('failed unexpectedly', `${what}\n${sent()}`, text);
    } catch (error) {
      // A path or header that the client itself does not send.
      if ((error as { code?: string }).code !== 'UND_ERR_INVALID_ARG')
        witness.note(`no answer (${error})`, what, sent());
    }
    return this.tally.count(door.kind);
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
    return this.tally.count('socket', sent);
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
    sent += await run.sweep(options.whole);
    witness.samePids(before, pids());
    // What the last requests left in the log comes through a pipe.
    await setTimeout(1000);
    witness.readLog(log());
  } finally {
    await pool.close();
    await people.close();
  }
  const { doors, answers, shares: byDoor } = run.tally;
  const closed = run.tally.refusals(options.whole);
  return { seed, sent, seconds: (Date.now() - begin) / 1000, doors, answers, byDoor, closed };
}
