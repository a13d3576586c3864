import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { EVERY_ENVIRONMENT } from './deployment.ts';
import { DEPLOYMENT_STATUSES } from './deployment-status.ts';
import { instantMs } from './time-schema.ts';

/** Freeze windows: when nothing is deployed to an environment. Times are Unix milliseconds. */

const fields = {
  name: plainText(128, 1),
  environment: plainText(64, 1).default(EVERY_ENVIRONMENT),
  startsAt: instantMs,
  endsAt: instantMs,
};

const endsLater = ({ startsAt, endsAt }: { startsAt: number; endsAt: number }) => endsAt > startsAt;
const ENDS_TOO_EARLY = { path: ['endsAt'], message: 'It must end after it starts.' };

export const freezeWindowInputSchema = z.strictObject(fields).refine(endsLater, ENDS_TOO_EARLY);

export const updateFreezeSchema = z
  .strictObject({
    ...fields,
    id: z.uuid(),
    ifUpdatedAt: z
      .int()
      .optional()
      .describe('When it was changed last, as whoever changes it saw it; else: a conflict'),
  })
  .refine(endsLater, ENDS_TOO_EARLY);

const timeMs = z.int().describe('Unix milliseconds');

const FREEZE_STATES = ['on', 'planned', 'ended'] as const;
export type FreezeState = (typeof FREEZE_STATES)[number];

const freezeWindowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  environment: z.string().describe('`*`: every environment'),
  startsAt: timeMs,
  endsAt: timeMs,
  createdBy: z.string(),
  updatedAt: timeMs,
  isOn: z.boolean(),
  state: z.enum(FREEZE_STATES),
});
export type FreezeWindow = z.infer<typeof freezeWindowSchema>;

/** Deployments that were not begun: a freeze of their environment holds them. */
const heldSchema = z.object({
  total: z.int(),
  items: z.array(
    z.object({
      id: z.uuid(),
      agentName: z.string(),
      version: z.string(),
      environment: z.string(),
      status: z.enum(DEPLOYMENT_STATUSES),
      requestedBy: z.string(),
    }),
  ),
});
export type HeldDeployments = z.infer<typeof heldSchema>;

/** The bodies that `/api/v1` answers with about freezes. */
export const freezeBodies = {
  FreezeWindows: z.object({ items: z.array(freezeWindowSchema) }),
  HeldDeployments: heldSchema,
};
