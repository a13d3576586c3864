'use server';

import { createDeployment as createCommand } from '#lib/deployments/create-deployment.ts';
import {
  previewDeployment as previewCommand,
  readPreview as previewQuery,
} from '#lib/deployments/preview-deployment.ts';
import { action, asking } from '#lib/web/action.ts';

export const createDeployment = action(createCommand);
export const previewDeployment = action(previewCommand);
export const readPreview = asking(previewQuery);
