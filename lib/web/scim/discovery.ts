import { SCIM } from '#lib/model/scim.ts';

/** Most resources on a page. */
export const MOST_RESULTS = 200;

/** What this service can do (RFC 7643, section 5). */
export const serviceConfig = (base: string) => ({
  schemas: [SCIM.config],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MOST_RESULTS },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token of the settings page Provisioning, in the header Authorization.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

const resourceType = (base: string, name: 'User' | 'Group', schema: string) => ({
  schemas: [SCIM.resourceType],
  id: name,
  name,
  endpoint: `/${name}s`,
  schema,
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
});

export const resourceTypes = (base: string) => [
  resourceType(base, 'User', SCIM.user),
  resourceType(base, 'Group', SCIM.group),
];

const attribute = (name: string, type: 'string' | 'boolean' | 'complex', more: object = {}) => ({
  name,
  type,
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});
const text = (name: string) => attribute(name, 'string');
const members = (mutability: 'readWrite' | 'readOnly') => ({
  multiValued: true,
  mutability,
  subAttributes: [text('value'), attribute('display', 'string', { mutability: 'readOnly' })],
});

/** The attributes that are kept (RFC 7643, section 7); others are taken and forgotten. */
export const schemas = (base: string) => [
  {
    schemas: [SCIM.schema],
    id: SCIM.user,
    name: 'User',
    description: 'Somebody who signs in through the identity provider. The userName is the e-mail address.',
    attributes: [
      attribute('userName', 'string', { required: true, uniqueness: 'server' }),
      text('displayName'),
      attribute('name', 'complex', { subAttributes: ['formatted', 'givenName', 'familyName'].map(text) }),
      attribute('active', 'boolean'),
      attribute('emails', 'complex', members('readOnly')),
      attribute('groups', 'complex', members('readOnly')),
    ],
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${SCIM.user}` },
  },
  {
    schemas: [SCIM.schema],
    id: SCIM.group,
    name: 'Group',
    description: 'A group. What it allows here stands in the mapping of groups to roles.',
    attributes: [
      attribute('displayName', 'string', { required: true, uniqueness: 'server' }),
      attribute('members', 'complex', members('readWrite')),
    ],
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${SCIM.group}` },
  },
];
