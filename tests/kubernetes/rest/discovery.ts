import { BUILT_IN, type Kind } from '../storage/kinds.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const REVIEWS = [
  ['selfsubjectaccessreviews', 'SelfSubjectAccessReview'],
  ['selfsubjectrulesreviews', 'SelfSubjectRulesReview'],
] as const;
const AUTHORIZATION = 'authorization.k8s.io';

/** Groups with their versions, the preferred first. */
function groupsOf(kinds: readonly Kind[]): Map<string, string[]> {
  const groups = new Map<string, string[]>([[AUTHORIZATION, ['v1']]]);
  for (const kind of kinds.filter((one) => one.group)) {
    groups.set(kind.group, [...new Set([...(groups.get(kind.group) ?? []), ...kind.versions])]);
  }
  return groups;
}

function groupOf(name: string, versions: readonly string[]) {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function resourcesOf(kind: Kind): Record<string, unknown>[] {
  const { plural, singular, isNamespaced: namespaced, kind: name, shortNames } = kind;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: name,
    verbs: VERBS,
    ...(shortNames.length > 0 && { shortNames }),
    ...(BUILT_IN.includes(kind) && { categories: ['all'] }),
  };
  const below = kind.subresources.map((subresource) => ({
    name: `${plural}/${subresource}`,
    singularName: '',
    namespaced,
    ...(subresource === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { kind: name }),
    verbs: subresource === 'log' ? ['get'] : ['get', 'patch', 'update'],
  }));
  return [own, ...below];
}

/** What the server says of itself; null where the path is none of these. */
export function discover(path: string, kinds: readonly Kind[]): Record<string, unknown> | null {
  const groups = groupsOf(kinds);
  const [root, group, version, ...rest] = path.split('/').filter(Boolean);
  if (rest.length > 0) return null;
  if (root === 'version') {
    return {
      major: '1',
      minor: '32',
      gitVersion: 'v1.32.4',
      platform: 'linux/amd64',
      gitCommit: '',
      buildDate: '',
    };
  }
  if (root === 'api' && !group) {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  if (root === 'apis' && !group) {
    const all = [...groups].map(([name, versions]) => groupOf(name, versions));
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: all };
  }
  if (root === 'apis' && group && !version) {
    const versions = groups.get(group);
    return versions ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) } : null;
  }
  if (root === 'api' && group === 'v1' && !version) return resourceList('v1', kindsIn(kinds, '', 'v1'));
  if (root !== 'apis' || !group || !version || !groups.get(group)?.includes(version)) return null;
  return resourceList(`${group}/${version}`, kindsIn(kinds, group, version));
}

function kindsIn(kinds: readonly Kind[], group: string, version: string): Record<string, unknown>[] {
  if (group === AUTHORIZATION) {
    return REVIEWS.map(([name, kind]) => ({
      name,
      singularName: '',
      namespaced: false,
      kind,
      verbs: ['create'],
    }));
  }
  return kinds.filter((kind) => kind.group === group && kind.versions.includes(version)).flatMap(resourcesOf);
}

function resourceList(groupVersion: string, resources: Record<string, unknown>[]): Record<string, unknown> {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
