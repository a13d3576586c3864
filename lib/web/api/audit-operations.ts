import type { z } from 'zod';
import { exportAuditLog } from '#lib/audit-log/export-audit-log.ts';
import { listAuditLog } from '#lib/audit-log/queries.ts';
import { verifyAuditLog } from '#lib/audit-log/verify-audit-log.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Operation<S, R>): Operation<S, R> => row;

/** The rows of `/api/v1` for the audit log. */
export const auditOperations = {
  listAuditLog: operation({
    method: 'GET',
    path: '/audit',
    verb: listAuditLog,
    summary: 'The audit log of the team, newest first',
    tag: 'audit',
    answer: 'AuditPage',
  }),
  exportAuditLog: operation({
    method: 'POST',
    path: '/audit/export',
    verb: exportAuditLog,
    summary: 'A piece of the audit log as lines of a CSV or JSON lines file; leaves a row itself',
    tag: 'audit',
    answer: 'AuditExport',
  }),
  verifyAuditLog: operation({
    method: 'POST',
    path: '/audit/verify',
    verb: verifyAuditLog,
    summary: 'Verify that no row of the audit log was altered or removed',
    tag: 'audit',
    answer: 'AuditState',
  }),
};
