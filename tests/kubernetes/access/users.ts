import { StatusError } from '../status-error.ts';

/** What somebody may do, as RBAC rules spell it; `*` stands for all. Without namespaces it holds everywhere. */
export interface AccessRule {
  verbs: readonly string[];
  /** The core group is ''. */
  groups: readonly string[];
  /** `deployments`, `deployments/scale`, `pods/log`. */
  resources: readonly string[];
  namespaces?: readonly string[];
}

export interface User {
  name: string;
  rules: readonly AccessRule[];
}

/** May do everything. */
export const EVERYTHING: readonly AccessRule[] = [{ verbs: ['*'], groups: ['*'], resources: ['*'] }];

/** What is asked: may this be done there? `namespace` null means the whole cluster. */
export interface AccessQuestion {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string | null;
}

function includes(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}

export function mayDo(user: User, asked: AccessQuestion): boolean {
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  return user.rules.some(
    (rule) =>
      includes(rule.verbs, asked.verb) &&
      includes(rule.groups, asked.group) &&
      includes(rule.resources, resource) &&
      (!rule.namespaces || (asked.namespace !== null && rule.namespaces.includes(asked.namespace))),
  );
}

/** @throws StatusError 403 in the words of RBAC. */
export function requireAccess(user: User, asked: AccessQuestion, name: string): void {
  if (mayDo(user, asked)) return;
  const { verb, group, resource, subresource, namespace } = asked;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`;
  const what = `${resource}${group && `.${group}`}${name && ` "${name}"`}`;
  const details = { ...(name && { name }), ...(group && { group }), kind: resource };
  throw new StatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, details);
}

/** Bearer tokens and whose they are. */
export class Tokens {
  readonly #users = new Map<string, User>();

  grant(token: string, user: User): void {
    this.#users.set(token, user);
  }

  revoke(token: string): void {
    this.#users.delete(token);
  }

  /** @throws StatusError 401. */
  userOf(authorization: string | undefined): User {
    const user = this.#users.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
    if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    return user;
  }
}
