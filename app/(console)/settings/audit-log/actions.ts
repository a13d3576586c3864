'use server';

import { exportAuditLog } from '#lib/audit-log/export-audit-log.ts';
import { verifyAuditLog } from '#lib/audit-log/verify-audit-log.ts';
import { action } from '#lib/web/action.ts';

export const exportPiece = action(exportAuditLog);
export const verifyLog = action(verifyAuditLog);
