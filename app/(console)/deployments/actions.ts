'use server';

import {
  approveDeployment as approveCommand,
  rejectDeployment as rejectCommand,
} from '#lib/deployments/approvals/decide.ts';
import { cancelDeployment as cancelCommand } from '#lib/deployments/cancel-deployment.ts';
import { forceDeployment as forceCommand } from '#lib/deployments/force-deployment.ts';
import { passGate as passGateCommand } from '#lib/deployments/judging/pass-gate.ts';
import {
  pauseDeployment as pauseCommand,
  resumeDeployment as resumeCommand,
} from '#lib/deployments/pause-deployment.ts';
import { rollBackDeployment as rollBackCommand } from '#lib/deployments/rolling-back/roll-back.ts';
import { action } from '#lib/web/action.ts';

export const approveDeployment = action(approveCommand);
export const rejectDeployment = action(rejectCommand);
export const cancelDeployment = action(cancelCommand);
export const pauseDeployment = action(pauseCommand);
export const resumeDeployment = action(resumeCommand);
export const rollBackDeployment = action(rollBackCommand);
export const forceDeployment = action(forceCommand);
export const passGate = action(passGateCommand);
