import type { ObjectPlace, ObjectRef } from '../port.ts';

/** Where the kinds of a version of a group are: the core group has a root of its own. */
export function rootOf(apiVersion: string): string {
  const [group, version] = apiVersion.split('/').map(encodeURIComponent);
  return version === undefined ? `/api/${group}` : `/apis/${group}/${version}`;
}

export function placePath({ kind, namespace }: ObjectPlace): string {
  const below = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${rootOf(kind.apiVersion)}${below}/${encodeURIComponent(kind.plural)}`;
}

export function objectPath({ kind, namespace, name }: ObjectRef): string {
  return `${placePath({ kind, namespace })}/${encodeURIComponent(name)}`;
}
