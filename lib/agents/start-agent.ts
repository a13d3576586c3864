import { defineCommand } from '#lib/command/define-command.ts';
import { controlInput, requestControl } from './request-control.ts';

/** Asks the agent to start, through its control URL. */
export const startAgent = defineCommand({
  name: 'agents.start',
  permission: 'agents:control',
  input: controlInput,
  audit: { action: 'agent.start', target: 'agent' },
  run: (args) => requestControl(args, 'start'),
});
