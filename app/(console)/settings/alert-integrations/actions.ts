'use server';

import {
  createIntegration as createCommand,
  revokeIntegration as revokeCommand,
  rotateIntegration as rotateCommand,
} from '#lib/alerts/integrations/manage.ts';
import { action } from '#lib/web/action.ts';

export const createIntegration = action(createCommand);
export const rotateIntegration = action(rotateCommand);
export const revokeIntegration = action(revokeCommand);
