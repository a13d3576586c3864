import { defineCommand } from '#lib/command/define-command.ts';
import { controlInput, requestControl } from './request-control.ts';

/** Asks the agent to stop, through its control URL. */
export const stopAgent = defineCommand({
  name: 'agents.stop',
  permission: 'agents:control',
  input: controlInput,
  audit: { action: 'agent.stop', target: 'agent' },
  run: (args) => requestControl(args, 'stop'),
});
