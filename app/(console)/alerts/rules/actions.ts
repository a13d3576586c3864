'use server';

import { createRule as createCommand } from '#lib/alerts/rules/verbs/create-rule.ts';
import { deleteRule as deleteCommand } from '#lib/alerts/rules/verbs/delete-rule.ts';
import { importRules as importCommand } from '#lib/alerts/rules/verbs/import-rules.ts';
import { exportRules as exportQuery } from '#lib/alerts/rules/verbs/queries.ts';
import {
  restoreRuleVersion as restoreCommand,
  updateRule as updateCommand,
} from '#lib/alerts/rules/verbs/update-rule.ts';
import { action, asking } from '#lib/web/action.ts';

export const createRule = action(createCommand);
export const deleteRule = action(deleteCommand);
export const importRules = action(importCommand);
export const exportRules = asking(exportQuery);
export const restoreRuleVersion = action(restoreCommand);
export const updateRule = action(updateCommand);
