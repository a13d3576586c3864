/**
 * Clusters: the promise of everything that runs agents and can be told to run others. Objects go through it
 * as plain JSON, never through typed models, which lose the fields that they do not know (deployment S-11).
 */

/** An object of a cluster as the API spells it. Whoever reads a field checks that it is there. */
export interface ClusterObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  /** Opaque: never compared as a number (deployment S-75). */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: readonly OwnerReference[];
  [field: string]: unknown;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

/** A kind of objects as a cluster serves it; `plural` is the word in its paths. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  plural: string;
}

/** Where objects are: `namespace` null means all of them. */
export interface ObjectPlace {
  kind: ObjectKind;
  namespace: string | null;
}

/** One object. */
export interface ObjectRef {
  kind: ObjectKind;
  namespace: string;
  name: string;
}

export type ClusterErrorCode =
  /** No connection, or it broke: whether the request was carried out is unknown. */
  | 'unreachable'
  /** No answer within the time given. */
  | 'timeout'
  /** The certificate is not one that we trust; the message says in words what is wrong with it. */
  | 'untrusted'
  /** 401: the credentials are refused. */
  | 'unauthorized'
  /** 403: the credentials may not do this; also an exceeded quota on the number of objects. */
  | 'forbidden'
  | 'not_found'
  /** 409 of an apply: other managers own fields, listed in `causes` (deployment S-03). */
  | 'field_conflict'
  /** 409 otherwise: the object changed meanwhile, or exists already. */
  | 'conflict'
  /** 410: the version or continue token is no longer known. */
  | 'expired'
  /** 400, 415 or 422: the cluster does not accept the object. */
  | 'invalid'
  /** 429; `retryAfterMs` says when to come back. */
  | 'busy'
  /** 5xx. */
  | 'failed';

/** Why a cluster did not do it. The message is the cluster's own, safe to show; never headers or credentials. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | null;
  /** Of a field conflict: which field belongs to whom. */
  readonly causes: readonly { field: string; manager: string }[];

  constructor(
    code: ClusterErrorCode,
    message: string,
    more: {
      httpStatus?: number;
      retryAfterMs?: number;
      causes?: readonly { field: string; manager: string }[];
    } = {},
  ) {
    super(message);
    this.name = 'ClusterError';
    this.code = code;
    this.httpStatus = more.httpStatus ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.causes = more.causes ?? [];
  }
}

export interface ApplyOptions {
  /** The same for all that Pitwall applies, but for hand-overs (deployment S-01, S-06). */
  fieldManager: string;
  /** Takes fields over from other managers: only after somebody confirmed whose (deployment S-04). */
  force: boolean;
  /** Checks and answers as if it were done, and changes nothing (deployment S-12). */
  dryRun: boolean;
}

/** A patch; the content type follows from its form (deployment S-40, S-48, S-49). */
export type ObjectPatch =
  | {
      form: 'json';
      operations: readonly { op: 'add' | 'remove' | 'replace' | 'test'; path: string; value?: unknown }[];
    }
  | { form: 'merge' | 'strategic'; body: Readonly<Record<string, unknown>> };

/** What may be asked of the cluster's access rules (deployment S-73). */
export interface AccessQuestion {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace: string;
}

export interface AccessAnswer {
  isAllowed: boolean;
  /** The cluster's words; null where it gave none. */
  reason: string | null;
}

/** What an informer tells; every handler may be called again with what it knows already (deployment S-83). */
export interface WatchHandlers {
  /** The whole of what is there, after each list: whatever is not in it is gone (deployment S-76). */
  onList(objects: readonly ClusterObject[]): void;
  onChange(object: ClusterObject): void;
  onDelete(object: ClusterObject): void;
  /** Since when what was told may be out of date, Unix milliseconds, and why; null once it is current again (deployment S-79). */
  onStale(sinceMs: number | null, error: ClusterError | null): void;
}

export interface Watch {
  /** When the last event or bookmark came, Unix milliseconds; null before the first. */
  lastEventMs(): number | null;
  /** Ends it for good; nothing is told afterwards (deployment S-80). */
  stop(): void;
}

export interface LogQuery {
  container: string;
  /** Of the container before its last restart (deployment S-34). */
  isPrevious: boolean;
  /** Goes on with what is written from now on, and resumes where a connection broke. */
  follow: boolean;
  tailLines?: number;
  sinceMs?: number;
}

export interface LogLine {
  /** When the cluster received it, Unix milliseconds. */
  atMs: number;
  text: string;
}

/** Told of the work with clusters, to be counted; nothing that it is told names an object (deployment S-101). */
export interface ClusterMeter {
  /** @param code the status of the answer, or why there was none */
  requested(verb: string, code: string): void;
  watchBegan(kind: ObjectKind, watch: Watch): void;
  watchEnded(watch: Watch): void;
}

/** One cluster with one set of credentials. Every call rejects with ClusterError and with nothing else. */
export interface Cluster {
  /** Kinds that the cluster serves of a group, at the version it prefers; empty where it knows no such group. */
  kindsOf(group: string, signal: AbortSignal): Promise<readonly ObjectKind[]>;
  /** Null where there is no such object. */
  read(ref: ObjectRef, signal: AbortSignal): Promise<ClusterObject | null>;
  /** All of them, over as many pages as it takes. */
  list(
    place: ObjectPlace,
    options: { labelSelector?: string },
    signal: AbortSignal,
  ): Promise<readonly ClusterObject[]>;
  /** Server-side apply; answers with the object as it is, or with `dryRun` as it would be (deployment S-01). */
  apply(
    ref: ObjectRef,
    object: ClusterObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<ClusterObject>;
  patch(
    ref: ObjectRef,
    patch: ObjectPatch,
    options: { dryRun: boolean; subresource?: 'scale' },
    signal: AbortSignal,
  ): Promise<ClusterObject>;
  remove(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  /** Answers in the order of the questions. */
  mayI(questions: readonly AccessQuestion[], signal: AbortSignal): Promise<readonly AccessAnswer[]>;
  /** Lists, then watches, for as long as it is wanted (deployment S-75 to S-83). */
  watch(place: ObjectPlace, options: { labelSelector?: string }, handlers: WatchHandlers): Watch;
  logs(
    pod: { namespace: string; name: string },
    query: LogQuery,
    signal: AbortSignal,
  ): AsyncIterable<LogLine>;
  close(): Promise<void>;
}
