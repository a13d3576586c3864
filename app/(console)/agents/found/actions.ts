'use server';

import {
  releaseAgent as releaseCommand,
  setAutoAdoption as setAutoAdoptionCommand,
} from '#lib/clusters/found/manage.ts';
import { adoptAgent as adoptCommand } from '#lib/pipeline/adopt/adopt-agent.ts';
import { action } from '#lib/web/action.ts';

export const adoptAgent = action(adoptCommand);
export const releaseAgent = action(releaseCommand);
export const setAutoAdoption = action(setAutoAdoptionCommand);
