import { z } from 'zod';

/** Clusters: where agents run, how they are reached, and what may be done there. */

/** A DNS-1123 label, as namespaces are named (deployment S-69). */
export const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const namespacesSchema = z
  .array(
    z
      .string()
      .regex(NAMESPACE, 'A namespace is named in small letters, digits and hyphens, 63 characters at most.'),
  )
  .min(1, 'Name at least one namespace.')
  .max(50)
  .refine((names) => new Set(names).size === names.length, 'A namespace stands there twice.')
  .describe('The only namespaces that Pitwall uses there');

const pem = (what: string) =>
  z
    .string()
    .trim()
    .max(64_000)
    .regex(/^-----BEGIN [A-Z ]+-----[\s\S]+-----END [A-Z ]+-----$/, `This is no ${what} in PEM form.`);

/** Ways to say how a cluster is reached. */
export const ACCESS_FORMS = ['token', 'pasted', 'in-cluster', 'kubeconfig'] as const;
export type AccessForm = (typeof ACCESS_FORMS)[number];

const accessFields = {
  form: z
    .enum(ACCESS_FORMS)
    .describe(
      'token: address and token; pasted: a kubeconfig; the others are what the operator gave Pitwall',
    ),
  server: z.string().trim().max(500).nullable().default(null).describe('Address of the API server, https://'),
  ca: pem('certificate').nullable().default(null).describe('PEM of the authority that vouches for it'),
  token: z.string().trim().min(1).max(10_000).nullable().default(null),
  kubeconfig: z.string().max(200_000).nullable().default(null),
  context: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .nullable()
    .default(null)
    .describe('Of the kubeconfig; null is its current one'),
  skipTlsVerify: z
    .boolean()
    .default(false)
    .describe('Believes whoever answers: never for a cluster that matters'),
  tlsServerName: z.string().trim().min(1).max(253).nullable().default(null),
};

type AccessInput = {
  form: AccessForm;
  server: string | null;
  token: string | null;
  kubeconfig: string | null;
};

/** What each way cannot do without. */
function requireParts(input: AccessInput, context: z.RefinementCtx): void {
  const missing = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (input.form === 'token' && input.server === null)
    missing('server', 'Give the address of the API server.');
  if (input.form === 'token' && input.token === null)
    missing('token', 'Give the token of a service account.');
  if (input.form === 'pasted' && input.kubeconfig === null) missing('kubeconfig', 'Paste a kubeconfig.');
}

const name = z.string().trim().min(1, 'Give it a name.').max(80);

export const clusterInputSchema = z
  .strictObject({ name, namespaces: namespacesSchema, ...accessFields })
  .superRefine(requireParts);

/** How it is reached, given anew as a whole: credentials never stay behind at another address. */
export const clusterAccessSchema = z
  .strictObject({ id: z.uuid(), ...accessFields })
  .superRefine(requireParts);

export const clusterEditSchema = z.strictObject({ id: z.uuid(), name, namespaces: namespacesSchema });

export type ClusterAccessInput = z.output<typeof clusterAccessSchema>;

/** Whether one thing may be done in a namespace, as the cluster says (deployment S-73). */
const findingSchema = z.object({
  namespace: z.string(),
  /** One of the words of `ACCESS_CHECKS`. */
  says: z.string(),
  isAllowed: z.boolean(),
  reason: z.string().nullable(),
});
export type AccessFinding = z.infer<typeof findingSchema>;

/** What Pitwall does in a namespace, in words, and what it takes there. */
export const ACCESS_CHECKS = [
  { says: 'See pods', verbs: ['list', 'watch'], group: '', resource: 'pods' },
  { says: 'Read logs', verbs: ['get'], group: '', resource: 'pods', subresource: 'log' },
  { says: 'See events', verbs: ['list'], group: '', resource: 'events' },
  { says: 'See workloads', verbs: ['list', 'watch'], group: 'apps', resource: 'deployments' },
  { says: 'See former versions', verbs: ['list'], group: 'apps', resource: 'replicasets' },
  { says: 'Deploy and roll back', verbs: ['patch'], group: 'apps', resource: 'deployments' },
  { says: 'Make new workloads', verbs: ['create'], group: 'apps', resource: 'deployments' },
  { says: 'Scale', verbs: ['patch'], group: 'apps', resource: 'deployments', subresource: 'scale' },
  { says: 'See autoscalers', verbs: ['list'], group: 'autoscaling', resource: 'horizontalpodautoscalers' },
] as const;

const clusterViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  from: z.enum(['in-cluster', 'kubeconfig', 'given']),
  server: z.string().nullable().describe('Null where the operator gave it'),
  context: z.string().nullable(),
  hasCa: z.boolean(),
  skipTlsVerify: z.boolean(),
  namespaces: z.array(z.string()),
  lastContactAt: z.int().nullable(),
  lastError: z.string().nullable(),
  isChecking: z.boolean(),
  checkedAt: z.int().nullable(),
  access: z.array(findingSchema).nullable().describe('What may be done there; null before the first check'),
});
export type ClusterView = z.infer<typeof clusterViewSchema>;

export const clusterBodies = {
  ClusterList: z.object({ items: z.array(clusterViewSchema) }),
  ClusterId: z.object({ id: z.uuid() }),
};
