import { z } from 'zod';

/** Who may send alerts to us: one row and one secret a sending system (alerting S59). */

export const integrationInputSchema = z.strictObject({
  name: z.string().trim().min(1, 'Give it a name.').max(80),
  resolveTimeoutSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .describe('An alert without an end resolves when nobody repeats it this long'),
  maxPerAlertname: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe('Open alerts of one alertname at most; new ones above it are refused'),
});

const integrationViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  resolveTimeoutSeconds: z.number(),
  maxPerAlertname: z.int(),
  path: z.string().describe('Path prefix of the Alertmanager API for this sender'),
  openAlerts: z.int().describe('Alerts that it sent and that are not resolved'),
  lastReceivedAt: z.int().nullable(),
  createdAt: z.int(),
  revokedAt: z.int().nullable(),
});
export type IntegrationView = z.infer<typeof integrationViewSchema>;

export const integrationBodies = {
  AlertIntegrationList: z.object({ items: z.array(integrationViewSchema) }),
  AlertIntegrationSecret: z.object({ id: z.uuid(), secret: z.string().describe('Shown this once') }),
};
