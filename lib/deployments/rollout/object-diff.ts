import { isDeepStrictEqual } from 'node:util';
import { fieldAt, type JsonRecord, recordAt } from '#lib/model/json-fields.ts';
import type { ObjectChange } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** What a cluster writes about an object: no change of anybody's (deployment S-12). */
const SERVER_FIELDS = [
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
];
/** A copy of the whole object, with the values of a Secret in it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MASK = '••••••';
/** Groups whose lists say how their items are told apart; lists of other groups are replaced as a whole. */
const BUILT_IN = /^(v1|(apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\/[a-z0-9]+)$/;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object without what the cluster itself writes into it. */
function cleaned(object: ClusterObject): JsonRecord {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([name]) => !SERVER_FIELDS.includes(name));
  const { [LAST_APPLIED]: _applied, ...annotations } = recordAt(metadata, 'annotations');
  return { ...rest, metadata: { ...Object.fromEntries(kept), annotations } };
}

/** The items of a list by their names, or null where they are not told apart by names. */
function byName(list: readonly unknown[]): Map<string, unknown> | null {
  const named = new Map<string, unknown>();
  for (const item of list) {
    const name = fieldAt(item, 'name');
    if (typeof name !== 'string' || named.has(name)) return null;
    named.set(name, item);
  }
  return named;
}

interface Sides {
  path: string;
  before: unknown;
  after: unknown;
}

function memberPath(path: string, name: string): string {
  const member = /^[A-Za-z_][\w-]*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
  return path === '' || member.startsWith('[') ? path + member : `${path}.${member}`;
}

/** The pairs below two values that differ, or null where they are to be shown as they are. */
function parts({ path, before, after }: Sides, listsByName: boolean): Sides[] | null {
  if (isRecord(before ?? {}) && isRecord(after ?? {}) && (isRecord(before) || isRecord(after))) {
    const names = new Set([...Object.keys(recordAt(before)), ...Object.keys(recordAt(after))]);
    if (names.size === 0) return null;
    return [...names].sort().map((name) => ({
      path: memberPath(path, name),
      before: fieldAt(before, name),
      after: fieldAt(after, name),
    }));
  }
  if (!listsByName || !Array.isArray(before) || !Array.isArray(after)) return null;
  const [old, next] = [byName(before), byName(after)];
  if (!old || !next) return null;
  return [...new Set([...old.keys(), ...next.keys()])].map((name) => ({
    path: `${path}[${name}]`,
    before: old.get(name),
    after: next.get(name),
  }));
}

function* changes(sides: Sides, listsByName: boolean): Generator<Sides> {
  if (isDeepStrictEqual(sides.before, sides.after)) return;
  const below = parts(sides, listsByName);
  if (!below) yield sides;
  else for (const part of below) yield* changes(part, listsByName);
}

const masked = (value: unknown): unknown => (value === undefined ? undefined : MASK);

/**
 * What an apply would change: the live object against the answer of its dry run, without what the cluster itself
 * writes, and without the values of a Secret (deployment S-12, S-16).
 *
 * @param live null where there is no such object yet
 */
export function objectDiff(live: ClusterObject | null, would: ClusterObject): ObjectChange[] {
  const isSecret = would.kind === 'Secret' && would.apiVersion === 'v1';
  const isCustom = !BUILT_IN.test(would.apiVersion);
  const whole = { path: '', before: live ? cleaned(live) : undefined, after: cleaned(would) };
  return [...changes(whole, !isCustom)].map(({ path, before, after }) => {
    const isMasked = isSecret && /^(data|stringData)\b/.test(path);
    return {
      path,
      before: isMasked ? masked(before) : before,
      after: isMasked ? masked(after) : after,
      isMasked,
      isWholeList: isCustom && (Array.isArray(before) || Array.isArray(after)),
    };
  });
}
