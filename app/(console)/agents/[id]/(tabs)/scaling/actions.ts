'use server';

import {
  createScalingPolicy as createCommand,
  deleteScalingPolicy as deleteCommand,
  updateScalingPolicy as updateCommand,
} from '#lib/scaling/manage-policies.ts';
import { previewScaling as previewQuery } from '#lib/scaling/preview-policy.ts';
import { action, asking } from '#lib/web/action.ts';

export const createScalingPolicy = action(createCommand);
export const updateScalingPolicy = action(updateCommand);
export const deleteScalingPolicy = action(deleteCommand);
export const previewScaling = asking(previewQuery);
