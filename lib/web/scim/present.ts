import { SCIM, type ScimGroup, type ScimPage, type ScimUser } from '#lib/model/scim.ts';

const TYPE = 'application/scim+json; charset=utf-8';

/** An answer of SCIM, never kept by caches. */
export function scimJson(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const fixed = { 'content-type': TYPE, 'cache-control': 'no-store' };
  return new Response(JSON.stringify(body), { status, headers: { ...fixed, ...headers } });
}

/** A person as RFC 7643, section 4.1 writes it. */
export function userResource(base: string, user: ScimUser) {
  const { id, externalId, userName, name, active, createdAt, groups } = user;
  return {
    schemas: [SCIM.user],
    id,
    ...(externalId !== null && { externalId }),
    userName,
    ...(name !== '' && { displayName: name, name: { formatted: name } }),
    emails: [{ value: userName, type: 'work', primary: true }],
    active,
    groups: groups.map((group) => ({
      value: group.id,
      display: group.name,
      $ref: `${base}/Groups/${group.id}`,
    })),
    meta: { resourceType: 'User', created: createdAt.toISOString(), location: `${base}/Users/${id}` },
  };
}

/** A group as RFC 7643, section 4.2 writes it. */
export function groupResource(base: string, group: ScimGroup, withMembers = true) {
  const { id, externalId, displayName, createdAt, updatedAt, members } = group;
  return {
    schemas: [SCIM.group],
    id,
    ...(externalId !== null && { externalId }),
    displayName,
    ...(withMembers && {
      members: members.map((member) => ({
        value: member.id,
        display: member.name,
        $ref: `${base}/Users/${member.id}`,
      })),
    }),
    meta: {
      resourceType: 'Group',
      created: createdAt.toISOString(),
      lastModified: updatedAt.toISOString(),
      location: `${base}/Groups/${id}`,
    },
  };
}

/** A page of resources as RFC 7644, section 3.4.2 writes it. */
export function listResource<T>({ total, startIndex, items }: ScimPage<T>, present: (item: T) => unknown) {
  return {
    schemas: [SCIM.list],
    totalResults: total,
    startIndex,
    itemsPerPage: items.length,
    Resources: items.map(present),
  };
}
