import { z } from 'zod';
import { momentMs } from './time-schema.ts';

/** The ledger as people and machines read it. Times are Unix milliseconds. */

export const AUDIT_OUTCOMES = ['ok', 'denied', 'failed'] as const;
const AUDIT_ACTORS = ['user', 'key', 'system', 'anonymous'] as const;

/** Which rows are asked for; nothing given means all. */
export const auditFilterShape = {
  actor: z.string().trim().max(320).optional().describe('Part of the name or address, or the whole id'),
  action: z
    .string()
    .trim()
    .max(100)
    .optional()
    .describe('An action such as `agent.update`, or all of a noun: `agent`'),
  targetKind: z.string().trim().max(100).optional(),
  targetId: z.string().trim().max(500).optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  from: momentMs.optional(),
  to: momentMs.optional().describe('Rows before this moment'),
};
export const auditFilterSchema = z.strictObject(auditFilterShape);
export type AuditFilter = z.output<typeof auditFilterSchema>;

const auditRowSchema = z.object({
  seq: z.int().describe('Number of the row in its ledger, without gaps'),
  at: z.int(),
  action: z.string(),
  actorKind: z.enum(AUDIT_ACTORS),
  actorId: z.string(),
  actorName: z.string().describe('Name or address as it was then; of an anonymous one as it was typed'),
  targetKind: z.string(),
  targetId: z.string(),
  targetOpens: z.boolean().describe('Whether there is a page about it that who asks may see'),
  targetShownBy: z
    .string()
    .nullable()
    .describe('Id of what has that page: its own, or of the person or schedule that it belongs to'),
  outcome: z.enum(AUDIT_OUTCOMES),
  reason: z.string().nullable().describe('Why it was denied or failed'),
  before: z.record(z.string(), z.unknown()).nullable().describe('Fields that changed, secrets removed'),
  after: z.record(z.string(), z.unknown()).nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string(),
});
export type AuditRowView = z.output<typeof auditRowSchema>;

/** What a row speaks of. */
export type AuditTarget = Pick<AuditRowView, 'targetKind' | 'targetId'>;

export const auditPageSchema = z.object({
  items: z.array(auditRowSchema),
  nextCursor: z.string().nullable().describe('To be sent back for the next, older page'),
});
export type AuditPage = z.output<typeof auditPageSchema>;

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const auditExportSchema = z.object({
  format: z.enum(EXPORT_FORMATS),
  rows: z.int(),
  text: z.string().describe('Whole lines, oldest first; the first piece of a CSV has the head line'),
  nextCursor: z.string().nullable().describe('To be sent back for the next piece'),
});
export type AuditExport = z.output<typeof auditExportSchema>;

export const auditStateSchema = z.object({
  intact: z.boolean(),
  rows: z.int().describe('Rows that were read and found to be as they were written'),
  brokenAt: z.int().nullable().describe('Number of the first row that is not as it was written'),
  reason: z.enum(['gap', 'link', 'content', 'cut-off']).nullable(),
  headLine: z.string().nullable().describe('Signed; kept elsewhere it shows later what was cut off'),
});
export type AuditState = z.output<typeof auditStateSchema>;

/** The bodies of `/api/v1/audit`. */
export const auditBodies = {
  AuditPage: auditPageSchema,
  AuditExport: auditExportSchema,
  AuditState: auditStateSchema,
};
