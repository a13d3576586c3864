'use server';

import { claimAgent as claimCommand } from '#lib/agents/claim-agent.ts';
import { createAgent as createCommand } from '#lib/agents/create-agent.ts';
import { deleteAgent as deleteCommand } from '#lib/agents/delete-agent.ts';
import { deleteView as deleteViewCommand } from '#lib/agents/delete-view.ts';
import { rotateControlSecret as rotateCommand } from '#lib/agents/rotate-control-secret.ts';
import { saveView as saveViewCommand } from '#lib/agents/save-view.ts';
import { startAgent as startCommand } from '#lib/agents/start-agent.ts';
import { stopAgent as stopCommand } from '#lib/agents/stop-agent.ts';
import { updateAgent as updateCommand } from '#lib/agents/update-agent.ts';
import { action } from '#lib/web/action.ts';

export const claimAgent = action(claimCommand);
export const createAgent = action(createCommand);
export const deleteAgent = action(deleteCommand);
export const deleteView = action(deleteViewCommand);
export const saveView = action(saveViewCommand);
export const rotateControlSecret = action(rotateCommand);
export const startAgent = action(startCommand);
export const stopAgent = action(stopCommand);
export const updateAgent = action(updateCommand);
