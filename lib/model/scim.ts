/** Resources of SCIM 2.0 (RFC 7643) as provisioning clients see them. */
export const SCIM = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  config: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
} as const;

/** A person as provisioning keeps them; the user name is the e-mail address. */
export interface ScimUser {
  id: string;
  externalId: string | null;
  userName: string;
  name: string;
  active: boolean;
  createdAt: Date;
  groups: readonly { id: string; name: string }[];
}

export interface ScimGroup {
  id: string;
  externalId: string | null;
  displayName: string;
  createdAt: Date;
  updatedAt: Date;
  members: readonly { id: string; name: string }[];
}

/** One page of a list; `startIndex` counts from 1. */
export interface ScimPage<T> {
  total: number;
  startIndex: number;
  items: readonly T[];
}
