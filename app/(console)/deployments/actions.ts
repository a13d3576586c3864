'use server';

import { cancelDeployment as cancelCommand } from '#lib/deployments/cancel-deployment.ts';
import { rollBackDeployment as rollBackCommand } from '#lib/deployments/rolling-back/roll-back.ts';
import { action } from '#lib/web/action.ts';

export const cancelDeployment = action(cancelCommand);
export const rollBackDeployment = action(rollBackCommand);
