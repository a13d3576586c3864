import type { Chance } from '../history/chance.ts';
import type { DoorSecrets } from './door-secrets.ts';
import { type JsonSchema, spoilValue, valueFor } from './from-schema.ts';
import { hostileText, pick, randomBytes, spoilBytes, toJsonText } from './hostile-values.ts';

/** One HTTP request of the fuzz, without who sends it. */
export interface Shot {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer | string;
}

/** What shots are made from. */
export interface Ammunition {
  chance: Chance;
  /** Ids of things that exist. */
  ids: readonly string[];
  /** The same by table. */
  tables: ReadonlyMap<string, readonly string[]>;
  secrets: DoorSecrets;
  /** The team whose people and keys knock. */
  teamId: string;
  /** Whether the request is to be right in all its parts, as far as the generator knows what is. */
  isWhole: boolean;
  resolve(reference: string): JsonSchema;
}

/** Whether a part of a request is something else than it should be; never of a whole one. */
export const spoils = ({ isWhole, chance }: Ammunition, share: number): boolean =>
  !isWhole && chance.happens(share);

/**
 * What the report counts requests under. `sign-on`: ways to an identity provider and back. `link`: pages and actions that somebody without a session reaches by a secret
 * address.
 */
export type Kind =
  | 'rest'
  | 'action'
  | 'page'
  | 'route'
  | 'scim'
  | 'alertmanager'
  | 'calendar'
  | 'link'
  | 'sign-on'
  | 'socket';

/** Something that takes requests. */
export interface Door {
  kind: Kind;
  /** An operation, an action, or a file of the tree. */
  name: string;
  /** It leads to nothing that could be carried out: whatever else is sent where others stand. */
  isOdd?: true;
  aim(from: Ammunition): Shot;
}

/** Things by a word in the name of an operation or an action, where the address does not say which they are. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/MemberRole$/, 'users'],
  [/GlobalRole/, 'global_roles'],
  [/Role$/, 'roles'],
  [/Channel|SigningSecret/, 'notification_channels'],
  [/Override/, 'schedule_overrides'],
  [/Schedule|Calendar/, 'schedules'],
  [/DeploymentPolicy$/, 'deployment_policies'],
  [/Policy/, 'escalation_policies'],
  [/Invitation/, 'invitations'],
  [/InhibitionRule/, 'inhibition_rules'],
  [/Contact/, 'contact_methods'],
  [/(?:rename|delete)Team|TeamContents/, 'teams'],
  [/Cluster$|AutoAdoption/, 'clusters'],
  [/(?:adopt|release)Agent/, 'cluster_agents'],
  [/FreezeWindow$/, 'freeze_windows'],
  [/^readPreview$/, 'deployment_previews'],
  [/Deployment$/, 'deployments'],
  [/Repository$|rotateSecret|recentDeliveries|Webhook(?:Secret|Deliveries)$/, 'repositories'],
  [/Registry$/, 'registries'],
  [/Trigger$/, 'deploy_triggers'],
  [/View$/, 'agent_views'],
];

/** Words of addresses whose things lie in a table of another name. */
const TABLES: Readonly<Record<string, string>> = {
  members: 'users',
  accounts: 'users',
  Users: 'scim_users',
  Groups: 'scim_groups',
  channels: 'notification_channels',
  deliveries: 'notifications',
  'alert-routing': 'alert_routes',
};

/**
 * Ammunition whose ids are mostly those of the things that an address names, so that requests meet something.
 *
 * @param noun the last word of the address before an id; `operation` the name of what is done
 */
export function aimedAt(noun: string, from: Ammunition, operation = ''): Ammunition {
  const { tables } = from;
  const named = NAMED.find(([word]) => word.test(operation))?.[1];
  const name = named ?? TABLES[noun] ?? noun.replaceAll('-', '_');
  const ids =
    tables.get(name) ?? [...tables].filter(([table]) => table.includes(name)).flatMap(([, of]) => of);
  return ids.length > 0 && !spoils(from, 0.25) ? { ...from, ids } : from;
}

const TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/json; charset=utf-16',
  'application/scim+json',
  'APPLICATION/JSON',
  'application/x-www-form-urlencoded',
  '',
  '\u00ff',
];

/** A part of a path or a search value, encoded or not. */
export function partOf({ chance, ids, isWhole }: Ammunition): string {
  const way = isWhole ? 0 : chance.next();
  if (way < 0.6 && ids.length > 0) return pick(chance, ids);
  const text = hostileText(chance).toWellFormed().slice(0, 2000);
  if (way < 0.9) return encodeURIComponent(text);
  return pick(chance, ['%', '%00', '%ff%fe', '%E0%A4%A', '..%2f..', '%2e%2e', '__proto__', '.', '*']);
}

/** A JSON body for a schema: as it should be, spoilt in its values, its bytes or its type, or no JSON at all. */
export function bodyFor(
  schema: JsonSchema,
  from: Ammunition,
  { type = 'application/json', good: share = 0.35 } = {},
): { headers: Record<string, string>; body: Buffer | string } {
  const { chance } = from;
  const way = from.isWhole ? 0 : chance.next();
  const good = valueFor(schema, from);
  const headers = { 'content-type': spoils(from, 0.06) ? pick(chance, TYPES) : type };
  if (way < share) return { headers, body: toJsonText(good) };
  if (way < share + (1 - share) * 0.7) {
    const times = 1 + Math.floor(chance.next() * 3);
    let value = good;
    for (let time = 0; time < times; time++) value = spoilValue(value, chance);
    return { headers, body: toJsonText(value) };
  }
  if (way < share + (1 - share) * 0.92)
    return { headers, body: spoilBytes(Buffer.from(toJsonText(good)), chance) };
  return { headers, body: randomBytes(chance) };
}

/** Search parameters: wished for ones, spoilt, repeated, or others. */
export function searchOf(
  names: readonly string[],
  values: Record<string, unknown>,
  from: Ammunition,
): string {
  const { chance } = from;
  const pairs = names.flatMap((name) => {
    const value = values[name];
    if (value === undefined || chance.happens(0.3)) return [];
    if ([value].flat().length === 0) return [];
    const text = spoils(from, 0.5) ? hostileText(chance).slice(0, 3000) : [value].flat().join(',');
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`;
    return spoils(from, 0.1) ? [pair, pair] : [pair];
  });
  if (spoils(from, 0.15))
    pairs.push(`${pick(chance, ['__proto__', 'teamId', 'id', '%', ''])}=${partOf(from)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
