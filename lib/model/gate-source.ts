import { z } from 'zod';

/** Prometheus servers that gates ask beside the telemetry of agents, and the questions that they may be asked. */

/** What a query may speak of; each stands in braces: `{{version}}`. */
export const QUERY_LABELS = ['agent', 'environment', 'namespace', 'version', 'baseline'] as const;
export type QueryLabel = (typeof QUERY_LABELS)[number];
/** Stands for how long the version has run, as `[{{window}}]`. */
export const QUERY_WINDOW = 'window';

const OPERATORS = ['<', '<=', '>', '>='] as const;

const templateSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens.')
    .describe('By which gates name it'),
  query: z
    .string()
    .min(1)
    .max(4000)
    .describe(
      `PromQL. {{${QUERY_LABELS.join('}}, {{')}}} stand in quotes and are escaped; {{${QUERY_WINDOW}}} is how long the version has run`,
    ),
  passes: z
    .strictObject({ operator: z.enum(OPERATORS), value: z.number() })
    .describe('What every point of every series must be'),
  stepSeconds: z
    .int()
    .min(1)
    .max(3600)
    .nullable()
    .default(null)
    .describe('Asks for a range over the whole window at this step; null: for its end only'),
});
export type QueryTemplate = z.output<typeof templateSchema>;

const authorizationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), token: z.string().min(1).max(2000) }),
  z.strictObject({
    kind: z.literal('basic'),
    user: z.string().min(1).max(200),
    password: z.string().min(1).max(500),
  }),
]);
export type SourceAuthorization = z.output<typeof authorizationSchema>;

const fields = {
  name: z.string().trim().min(1).max(100),
  url: z.string().trim().min(1).max(2000).describe('Address of the server, without /api/v1'),
  authorization: authorizationSchema.nullable().describe('Sealed, and never shown again'),
  templates: z
    .array(templateSchema)
    .max(50)
    .refine((rows) => new Set(rows.map(({ name }) => name)).size === rows.length, {
      message: 'Each name stands here once.',
    }),
};

export const createSourceInput = z.strictObject({
  ...fields,
  authorization: fields.authorization.default(null),
  templates: fields.templates.default([]),
});

export const updateSourceInput = z.strictObject({
  id: z.uuid(),
  ifUpdatedAt: z
    .int()
    .optional()
    .describe('When it was changed last, as whoever changes it saw it; else: a conflict'),
  name: fields.name.optional(),
  url: fields.url.optional(),
  authorization: fields.authorization.optional(),
  templates: fields.templates.optional(),
});

const label = z.string().max(255).default('');

export const testSourceInput = z.strictObject({
  id: z.uuid().optional().describe('A source of the team, for what is not given'),
  url: fields.url.optional(),
  authorization: fields.authorization.optional(),
  template: templateSchema,
  values: z
    .strictObject({ agent: label, environment: label, namespace: label, version: label, baseline: label })
    .prefault({})
    .describe('What stands in for the labels'),
  windowMinutes: z.int().min(1).max(10_080).default(60),
});

/** What came of asking a server one question. */
const sourceTestSchema = z.object({
  query: z.string().describe('The question as it was asked'),
  state: z.enum(['pass', 'fail', 'no_data', 'error']),
  worst: z.number().nullable().describe('The point that is the farthest from passing'),
  points: z.int(),
  reason: z.string().nullable().describe('Why there is no value'),
});
export type SourceTest = z.infer<typeof sourceTestSchema>;

export const gateSourceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  hasAuthorization: z.boolean(),
  templates: z.array(templateSchema),
  updatedAt: z.int().describe('Unix milliseconds'),
});
export type GateSource = z.infer<typeof gateSourceSchema>;

export const gateSourceBodies = {
  GateSourceList: z.object({ items: z.array(gateSourceSchema) }),
  GateSourceTest: sourceTestSchema,
};
