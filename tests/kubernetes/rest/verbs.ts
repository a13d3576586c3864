import type { Writer } from '../apply/managed-fields.ts';
import { type Fields, isFields, type KubeObject } from '../objects.ts';
import { badRequest, notFound, StatusError } from '../status-error.ts';
import { type DeleteOptions, deleteObject } from '../storage/delete.ts';
import type { Kind } from '../storage/kinds.ts';
import type { ClusterState } from '../storage/state.ts';
import { applyObject, createObject, updateObject } from '../storage/write.ts';
import { type ApiRequest, managerOf } from './api-request.ts';
import { APPLY, asObject, patched, readJson, readYaml } from './bodies.ts';
import { asVersion, selectorOf } from './list.ts';
import { scaleOf, withScale } from './scale.ts';

export interface Answer {
  status: number;
  body: unknown;
}

/** What a verb works on. */
export interface Call {
  state: ClusterState;
  kind: Kind;
  api: ApiRequest;
  body: string;
  /** 403 unless the user may also do this. @throws StatusError */
  require(verb: string): void;
}

function liveOf({ state, kind, api }: Call): KubeObject | null {
  return state.store.get(kind, kind.isNamespaced ? (api.namespace ?? '') : undefined, api.name);
}

function requireLive(call: Call): KubeObject {
  const live = liveOf(call);
  if (!live) throw notFound(call.kind, call.api.name);
  return live;
}

function writerOf({ kind, api }: Call): Writer {
  const apiVersion = kind.group ? `${kind.group}/${api.version}` : api.version;
  const operation = api.contentType === APPLY ? 'Apply' : 'Update';
  const { subresource } = api;
  return { manager: managerOf(api), operation, apiVersion, ...(subresource && { subresource }) };
}

function invalidOption(field: string, message: string): StatusError {
  return new StatusError(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`);
}

function isDryRun(api: ApiRequest): boolean {
  const asked = api.query.getAll('dryRun');
  if (asked.some((value) => value !== 'All')) {
    throw invalidOption('dryRun', `Unsupported value: "${asked[0]}": supported values: "All"`);
  }
  return asked.length > 0;
}

/** An object as the path shows it: whole, or its scale. */
function shown({ api }: Call, object: KubeObject): KubeObject {
  return api.subresource === 'scale' ? scaleOf(object) : asVersion(object, api);
}

export function getObject(call: Call): Answer {
  return { status: 200, body: shown(call, requireLive(call)) };
}

export function postObject(call: Call): Answer {
  const { state, kind, api } = call;
  const namespace = kind.isNamespaced ? api.namespace : null;
  const object = asObject(readJson(call.body), '', namespace);
  if (object.kind !== kind.kind) throw badRequest(`the object is of kind ${object.kind}, not ${kind.kind}`);
  const made = createObject(state, kind, object, writerOf(call), { isDryRun: isDryRun(api) });
  return { status: 201, body: shown(call, made) };
}

function replace(call: Call, live: KubeObject, next: KubeObject): Answer {
  const { state, kind, api } = call;
  const object = api.subresource === 'scale' ? withScale(live, next) : next;
  const stored = updateObject(state, kind, live, object, writerOf(call), { isDryRun: isDryRun(api) });
  return { status: 200, body: shown(call, stored) };
}

export function putObject(call: Call): Answer {
  const live = requireLive(call);
  const { kind, api } = call;
  const next = asObject(readJson(call.body), api.name, kind.isNamespaced ? api.namespace : null);
  return replace(call, live, next);
}

function apply(call: Call): Answer {
  const { state, kind, api } = call;
  if (!api.query.get('fieldManager')) {
    throw invalidOption('fieldManager', 'Required value: is required for apply patch');
  }
  const applied = asObject(readYaml(call.body), api.name, kind.isNamespaced ? api.namespace : null);
  if (applied.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  const live = liveOf(call);
  if (!live) call.require('create');
  const options = { isDryRun: isDryRun(api), force: api.query.get('force') === 'true' };
  const after = applyObject(state, kind, live, applied, writerOf(call), options);
  return { status: live ? 200 : 201, body: shown(call, after) };
}

export function patchObject(call: Call): Answer {
  const { kind, api } = call;
  if (api.contentType === APPLY && api.subresource !== 'scale') return apply(call);
  if (api.query.has('force'))
    throw invalidOption('force', 'Forbidden: may not be specified for non-apply patch');
  const live = requireLive(call);
  const next = patched(shown(call, live), api.contentType, call.body, kind.isCustom);
  // A patch that names no version goes over whatever is there; it was made from this very state.
  return replace(call, live, { ...next, apiVersion: live.apiVersion });
}

function deleteOptions(call: Call): DeleteOptions {
  const { query } = call.api;
  const body: Fields = call.body ? (readJson(call.body) as Fields) : {};
  const grace = body.gracePeriodSeconds ?? query.get('gracePeriodSeconds');
  return {
    isDryRun: isDryRun(call.api) || Array.isArray(body.dryRun),
    ...(grace !== null && grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    propagationPolicy: (body.propagationPolicy ??
      query.get('propagationPolicy') ??
      'Background') as 'Background',
  };
}

export function removeObject(call: Call): Answer {
  const { state, kind } = call;
  const live = requireLive(call);
  const left = deleteObject(state, kind, live, deleteOptions(call));
  if (left) return { status: 200, body: shown(call, left) };
  const { name, uid } = live.metadata;
  const details = { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid };
  return {
    status: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  };
}

export function removeCollection(call: Call): Answer {
  const { state, kind, api } = call;
  const options = deleteOptions(call);
  const chosen = state.store.list(kind, api.namespace ?? undefined).filter(selectorOf(api));
  for (const object of chosen) deleteObject(state, kind, object, options);
  const apiVersion = kind.group ? `${kind.group}/${api.version}` : api.version;
  const metadata = { resourceVersion: state.store.revision };
  return {
    status: 200,
    body: { kind: `${kind.kind}List`, apiVersion, metadata, items: chosen.filter(isFields) },
  };
}
