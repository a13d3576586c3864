import type { Clock } from '#lib/kernel/clock.ts';
import { type KubeObject, timestamp } from '../objects.ts';
import { notFound } from '../status-error.ts';
import { BUILT_IN, type Kind, kindOfDefinition } from './kinds.ts';
import { ObjectStore } from './store.ts';

function builtIn(name: string): Kind {
  const kind = BUILT_IN.find((one) => one.plural === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

export const PODS = builtIn('pods');
export const REPLICA_SETS = builtIn('replicasets');
export const DEPLOYMENTS = builtIn('deployments');
export const STATEFUL_SETS = builtIn('statefulsets');
export const DAEMON_SETS = builtIn('daemonsets');
export const NAMESPACES = builtIn('namespaces');
export const EVENTS = builtIn('events');
export const QUOTAS = builtIn('resourcequotas');
export const DEFINITIONS = builtIn('customresourcedefinitions');

/** What a cluster holds: its objects, the kinds it serves, and its own time. */
export class ClusterState {
  readonly store = new ObjectStore();
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  timestamp(): string {
    return timestamp(this.now());
  }

  /** Moves the cluster's time; whatever waits for it comes due when the controllers run next. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  kinds(): Kind[] {
    return [...BUILT_IN, ...this.store.list(DEFINITIONS).map(kindOfDefinition)];
  }

  kind(group: string, plural: string): Kind | null {
    return this.kinds().find((kind) => kind.group === group && kind.plural === plural) ?? null;
  }

  /** The kind that an object says it is of. */
  kindOf(object: Pick<KubeObject, 'apiVersion' | 'kind'>): Kind {
    const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
    const kind = this.kinds().find((one) => one.group === group && one.kind === object.kind);
    if (!kind) throw notFound({ group, plural: object.kind.toLowerCase() }, '');
    return kind;
  }
}
