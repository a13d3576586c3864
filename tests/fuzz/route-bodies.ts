import type { JsonSchema } from './from-schema.ts';

/** What is known of the bodies of routes that the OpenAPI document does not describe. */

const DAY_MS = 86_400_000;
/** A moment so many days from today, which a seed repeats on the same day. */
const dayFromNow = (days: number): string =>
  new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + days * DAY_MS).toISOString();
/** In the past, or soon; quiet lasts a year at most. */
const BEGINS = ['2026-01-01T00:00:00Z', dayFromNow(1), dayFromNow(2).replace('Z', '+00:00')];
const ENDS = [dayFromNow(9), dayFromNow(90), dayFromNow(300)];
/** A text that nothing else has yet. */
const fresh: JsonSchema = { type: 'string', format: 'email' };
const words: JsonSchema = { type: 'object', additionalProperties: { type: 'string' } };

const alerts: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['labels'],
    properties: {
      labels: {
        ...words,
        required: ['alertname'],
        properties: {
          alertname: { enum: ['AgentSlow', 'NoData'] },
          severity: { enum: ['critical', 'info'] },
        },
      },
      annotations: words,
      startsAt: { enum: BEGINS },
      endsAt: { enum: ENDS },
      generatorURL: { type: 'string', format: 'uri' },
    },
  },
};

const silence: JsonSchema = {
  type: 'object',
  required: ['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'],
  properties: {
    matchers: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'value', 'isRegex', 'isEqual'],
        properties: {
          name: { enum: ['alertname', 'severity', 'agent'] },
          value: { type: 'string' },
          isRegex: { type: 'boolean' },
          // What only excludes would keep every alert quiet.
          isEqual: { const: true },
        },
      },
    },
    startsAt: { enum: BEGINS },
    endsAt: { enum: ENDS },
    createdBy: { type: 'string' },
    comment: { type: 'string' },
    id: { type: 'string', format: 'uuid' },
  },
};

const person: JsonSchema = {
  type: 'object',
  required: ['userName'],
  properties: {
    schemas: { const: ['urn:ietf:params:scim:schemas:core:2.0:User'] },
    userName: fresh,
    externalId: fresh,
    active: { type: 'boolean' },
    displayName: { type: 'string' },
    name: { type: 'object', properties: { formatted: { type: 'string' }, givenName: { type: 'string' } } },
    emails: {
      type: 'array',
      items: { type: 'object', properties: { value: { type: 'string' }, primary: { type: 'boolean' } } },
    },
  },
};

const members: JsonSchema = {
  type: 'array',
  items: { type: 'object', required: ['value'], properties: { value: { type: 'string', format: 'uuid' } } },
};

const group: JsonSchema = {
  type: 'object',
  required: ['displayName'],
  properties: {
    schemas: { const: ['urn:ietf:params:scim:schemas:core:2.0:Group'] },
    displayName: fresh,
    externalId: fresh,
    members,
  },
};

/** An operation of a PATCH, as directories write it. */
const operation = (op: string[], path: string[] | null, value?: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['op', 'path', 'value'],
  properties: { op: { enum: op }, ...(path && { path: { enum: path } }), ...(value && { value }) },
});
const change = (...of: JsonSchema[]): JsonSchema => ({
  type: 'object',
  required: ['schemas', 'Operations'],
  properties: {
    schemas: { const: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] },
    Operations: { type: 'array', minItems: 1, items: { anyOf: of } },
  },
});

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const personPatch = change(
  operation(['replace', 'Replace', 'add'], ['active', `${CORE}:User:active`], {
    anyOf: [{ type: 'boolean' }, { enum: ['True', 'False'] }],
  }),
  operation(['replace', 'add'], ['displayName', 'name.givenName', 'externalId', 'nickName'], fresh),
  operation(['replace', 'add'], ['userName'], fresh),
  operation(['remove'], ['externalId', 'title', 'emails[type eq "work"].value']),
  operation(['Replace', 'Add'], null, {
    type: 'object',
    properties: { active: { type: 'boolean' }, displayName: fresh, externalId: fresh },
  }),
);
const groupPatch = change(
  operation(['add', 'replace', 'Remove'], ['members', `${CORE}:Group:members`], members),
  operation(['remove'], ['members', 'externalId', 'members[value eq "x"]']),
  operation(['replace'], ['displayName', 'externalId'], fresh),
  operation(['Replace', 'Add'], null, {
    type: 'object',
    properties: { displayName: fresh, externalId: fresh, members },
  }),
);

const repositoryOf: JsonSchema = {
  type: 'object',
  properties: { full_name: { enum: ['fuzz/fuzz', 'evil/fuzz'] }, fork: { type: 'boolean' } },
};
/** What the webhook of a repository sends, of any event. */
export const webhookPayload: JsonSchema = {
  type: 'object',
  properties: {
    action: { enum: ['completed', 'published', 'opened'] },
    repository: repositoryOf,
    ref: { enum: ['refs/heads/main', 'refs/tags/v1'] },
    after: { type: 'string' },
    deleted: { type: 'boolean' },
    release: { type: 'object', properties: { tag_name: { type: 'string' }, draft: { type: 'boolean' } } },
    workflow_run: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        head_branch: { type: 'string' },
        head_sha: { type: 'string' },
        conclusion: { enum: ['success', 'failure'] },
        head_repository: repositoryOf,
      },
    },
  },
};

const ANYTHING: JsonSchema = { type: 'object' };

/** The schema of what a route takes, by the last word of its address and the method. */
export function bodySchemaOf(path: string, method: string): JsonSchema {
  if (method === 'PATCH') return /Groups/.test(path) ? groupPatch : personPatch;
  if (/Users/.test(path)) return person;
  if (/Groups/.test(path)) return group;
  if (/alerts/.test(path)) return alerts;
  return /silence/.test(path) ? silence : ANYTHING;
}
