import { parse } from 'yaml';
import { isFields, type KubeObject } from '../objects.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { badRequest, StatusError } from '../status-error.ts';

export const APPLY = 'application/apply-patch+yaml';
const STRATEGIC = 'application/strategic-merge-patch+json';

export function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badRequest(`error decoding: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON is YAML as well. */
export function readYaml(body: string): unknown {
  try {
    return parse(body);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws StatusError 400 where the body is no object of the kind that the path names. */
export function asObject(body: unknown, name: string, namespace: string | null): KubeObject {
  if (!isFields(body) || typeof body.apiVersion !== 'string' || typeof body.kind !== 'string') {
    throw badRequest("Object 'Kind' is missing in the request body");
  }
  const metadata = isFields(body.metadata) ? { ...body.metadata } : {};
  if (name && metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (namespace && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return {
    ...body,
    apiVersion: body.apiVersion,
    kind: body.kind,
    metadata: { ...metadata, name: name || String(metadata.name ?? ''), ...(namespace && { namespace }) },
  };
}

/** The object after a patch that is none of server-side apply; 415 for forms that the kind does not take. */
export function patched<T>(object: T, contentType: string, body: string, isCustom: boolean): T {
  if (contentType === 'application/json-patch+json') return jsonPatch(object, readJson(body));
  if (contentType === 'application/merge-patch+json') return mergePatch(object, readJson(body)) as T;
  if (contentType === STRATEGIC && !isCustom) return strategicMergePatch(object, readJson(body)) as T;
  const forms = ['application/json-patch+json', 'application/merge-patch+json', STRATEGIC, APPLY];
  const accepted = isCustom ? forms.filter((form) => form !== STRATEGIC) : forms;
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  throw new StatusError(415, 'UnsupportedMediaType', message);
}
