import { isFields } from '../objects.ts';
import { type AccessQuestion, mayDo, type User } from './users.ts';

const API_VERSION = 'authorization.k8s.io/v1';

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function questionOf(spec: unknown): AccessQuestion | null {
  const asked = isFields(spec) ? spec.resourceAttributes : null;
  if (!isFields(asked)) return null;
  return {
    verb: text(asked.verb),
    group: text(asked.group),
    resource: text(asked.resource),
    subresource: text(asked.subresource),
    namespace: text(asked.namespace) || null,
  };
}

/** A SelfSubjectAccessReview with its answer: the same rules that requests are held to. */
export function reviewAccess(user: User, spec: unknown): Record<string, unknown> {
  const question = questionOf(spec);
  // Paths that are no resource (discovery, health) are open to everybody who is known.
  const isAllowed = question === null || mayDo(user, question);
  const reason = `RBAC: allowed by ClusterRoleBinding "test" of ClusterRole "test" to User "${user.name}"`;
  const status = isAllowed ? { allowed: true, reason } : { allowed: false };
  return { kind: 'SelfSubjectAccessReview', apiVersion: API_VERSION, metadata: {}, spec, status };
}

/** A SelfSubjectRulesReview: all that the user may do in a namespace. */
export function reviewRules(user: User, spec: unknown): Record<string, unknown> {
  const namespace = isFields(spec) ? text(spec.namespace) : '';
  const resourceRules = user.rules
    .filter((rule) => !rule.namespaces || rule.namespaces.includes(namespace))
    .map(({ verbs, groups, resources }) => ({ verbs, apiGroups: groups, resources }));
  const status = { resourceRules, nonResourceRules: [], incomplete: false };
  return { kind: 'SelfSubjectRulesReview', apiVersion: API_VERSION, metadata: {}, spec, status };
}
