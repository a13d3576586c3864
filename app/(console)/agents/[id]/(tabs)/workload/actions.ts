'use server';

import {
  pauseWorkload as pauseCommand,
  restartWorkload as restartCommand,
  resumeWorkload as resumeCommand,
  scaleWorkload as scaleCommand,
  setAutoscaler as setAutoscalerCommand,
} from '#lib/deployments/workload/operate.ts';
import { action } from '#lib/web/action.ts';

export const restartWorkload = action(restartCommand);
export const scaleWorkload = action(scaleCommand);
export const pauseWorkload = action(pauseCommand);
export const resumeWorkload = action(resumeCommand);
export const setAutoscaler = action(setAutoscalerCommand);
