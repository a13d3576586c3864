import { z } from 'zod';
import { DELIVERY_RESULTS, GITHUB, TRIGGER_EVENTS, TRIGGER_RUN_STATUSES } from './repository.ts';

/** Git's own limit on what a ref may hold, and the wildcards. */
const REF_PATTERN = /^[^\s\p{Cc}~^:?[\]\\]+$/u;
const MOST_RULES = 50;

/** One allowed combination (deployment S-89). */
export const allowRuleSchema = z
  .strictObject({
    event: z.enum(TRIGGER_EVENTS),
    ref: z
      .string()
      .trim()
      .min(1, 'Name a branch or a tag.')
      .max(200)
      .regex(REF_PATTERN, 'This can be no branch or tag.')
      .describe('A branch or tag, or a whole ref; * stands for a part of its path, ** for several'),
    workflow: z
      .string()
      .trim()
      .max(200)
      .nullable()
      .default(null)
      .describe('File name of a workflow, for workflow_run; null for the other events'),
    environment: z.string().trim().min(1, 'Name the environment.').max(100),
  })
  .refine(({ event, workflow }) => (event === 'workflow_run') === Boolean(workflow), {
    path: ['workflow'],
    message: 'A workflow belongs to workflow_run, and that needs one.',
  });
export type AllowRule = z.output<typeof allowRuleSchema>;

const allowed = z.array(allowRuleSchema).max(MOST_RULES, `At most ${MOST_RULES} rules.`);

/** A key that PEM frames; only what opens and closes it is looked at here. */
const privateKey = z
  .string()
  .trim()
  .max(10_000)
  .regex(
    /^-----BEGIN (RSA )?PRIVATE KEY-----\s[\sA-Za-z0-9+/=]+-----END (RSA )?PRIVATE KEY-----$/,
    'Paste the private key of the app, with its first and last line.',
  );
const positive = (words: string) => z.int(words).positive(words);

const credentialSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('app'),
    appId: positive('The app id is a number.'),
    installationId: positive('The installation id is a number.'),
    privateKey,
  }),
  z.strictObject({
    kind: z.literal('token'),
    token: z
      .string()
      .trim()
      .min(10, 'The token is missing.')
      .max(500)
      .regex(/^[\x21-\x7e]+$/, 'A token has no spaces.'),
  }),
]);
export type Credential = z.output<typeof credentialSchema>;
export type CredentialKind = Credential['kind'];

/** GitHub itself, or an Enterprise server: an origin without a path. */
const hostUrl = z
  .url('This is no web address.')
  .max(300)
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, pathname, search, hash, username }) =>
      /^https?:$/.test(protocol) && pathname === '/' && search + hash + username === '',
    'Write the address of the server only: https://github.example.com',
  )
  .transform(({ origin }) => origin);

/** `owner/name`, as GitHub allows both. */
const fullNameSchema = z
  .string()
  .trim()
  .max(140)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'Write it as owner/name.');

export const connectRepositorySchema = z.strictObject({
  fullName: fullNameSchema.describe('owner/name'),
  hostUrl: hostUrl.default(GITHUB).describe('GitHub itself, or the address of a GitHub Enterprise server'),
  credential: credentialSchema.describe('How Pitwall acts there; never shown again'),
  allowed: allowed.default([]).describe('What may start a deployment; nothing else does'),
});

export const updateRepositorySchema = z.strictObject({
  id: z.uuid(),
  credential: credentialSchema.optional().describe('Replaces the one that is stored'),
  allowed: allowed.optional(),
});

/** What a delivery says, as far as anything here asks for it. */
export const deliveryFactsSchema = z.object({
  repository: z.string().nullable(),
  /** Comes from a fork, or the repository is one. */
  isFork: z.boolean(),
  /** `refs/heads/...` or `refs/tags/...`. */
  ref: z.string().nullable(),
  /** The commit, where the event names one. */
  sha: z.string().nullable(),
  /** File name of the workflow. */
  workflow: z.string().nullable(),
  /** The run that it is about. */
  runId: z.int().nullish(),
  /** Why the event starts nothing by itself, in words; null for one that may. */
  unfit: z.string().nullable(),
  sender: z.string().nullable(),
});
export type DeliveryFacts = z.infer<typeof deliveryFactsSchema>;

const repositoryViewSchema = z.object({
  id: z.uuid(),
  fullName: z.string(),
  hostUrl: z.string(),
  credential: z.enum(['app', 'token']),
  appId: z.int().nullable(),
  installationId: z.int().nullable(),
  allowed: z.array(allowRuleSchema),
  webhookPath: z
    .string()
    .describe('Where the repository sends its events, below the address of this console'),
  formerSecretUntil: z.int().nullable().describe('Until then the secret before the last rotation counts too'),
  lastDeliveryAt: z.int().nullable(),
  checkedAt: z.int().nullable().describe('When a worker last looked whether it can be reached'),
  checkError: z.string().nullable().describe('Why it could not be; null: it could, or nobody asked'),
  isCheckWaiting: z.boolean(),
  limitedUntil: z.int().nullable().describe('Until then its host wants no more requests'),
  createdAt: z.int(),
});
export type RepositoryView = z.infer<typeof repositoryViewSchema>;

const startedSchema = z.object({
  status: z.enum(TRIGGER_RUN_STATUSES),
  message: z.string(),
  deploymentId: z.uuid().nullable(),
});

const webhookDeliverySchema = z.object({
  id: z.uuid(),
  repositoryId: z.uuid(),
  deliveryGuid: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  result: z.enum(DELIVERY_RESULTS),
  reason: z.string().describe('Why, in words'),
  ref: z.string().nullable(),
  sha: z.string().nullable(),
  environment: z.string().nullable().describe('Of the rule that allowed it'),
  started: z.array(startedSchema).describe('What triggers made of it'),
  receivedAt: z.int(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const repositoryBodies = {
  RepositoryList: z.object({ items: z.array(repositoryViewSchema) }),
  RepositoryConnected: z.object({
    id: z.uuid(),
    webhookPath: z.string(),
    secret: z.string().describe('What the repository signs its events with; shown this once'),
  }),
  RepositorySecret: z.object({
    id: z.uuid(),
    webhookPath: z.string(),
    secret: z.string().describe('Shown this once'),
    formerUntil: z.int().describe('Until then the former secret counts too'),
  }),
  WebhookDeliveries: z.object({ items: z.array(webhookDeliverySchema) }),
};
