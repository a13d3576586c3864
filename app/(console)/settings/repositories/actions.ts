'use server';

import {
  createTrigger as createTriggerCommand,
  deleteTrigger as deleteTriggerCommand,
  runTrigger as runTriggerCommand,
  updateTrigger as updateTriggerCommand,
} from '#lib/pipeline/triggers/manage-triggers.ts';
import { connectRepository as connectCommand } from '#lib/repositories/connect-repository.ts';
import { disconnectRepository as disconnectCommand } from '#lib/repositories/disconnect-repository.ts';
import { listWebhookDeliveries } from '#lib/repositories/queries.ts';
import { rotateWebhookSecret as rotateCommand } from '#lib/repositories/rotate-secret.ts';
import { testRepository as testCommand } from '#lib/repositories/test-repository.ts';
import { updateRepository as updateCommand } from '#lib/repositories/update-repository.ts';
import { action, asking } from '#lib/web/action.ts';

export const connectRepository = action(connectCommand);
export const updateRepository = action(updateCommand);
export const rotateSecret = action(rotateCommand);
export const testRepository = action(testCommand);
export const disconnectRepository = action(disconnectCommand);
export const recentDeliveries = asking(listWebhookDeliveries);
export const createTrigger = action(createTriggerCommand);
export const updateTrigger = action(updateTriggerCommand);
export const deleteTrigger = action(deleteTriggerCommand);
export const runTrigger = action(runTriggerCommand);
