import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime.js';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AgentStatus } from '#lib/model/agent.ts';
import { AGENT_ACTIONS, type AgentDetail } from '#lib/model/agent-view.ts';
import { AgentActions } from './agent-actions.tsx';

const act = () => Promise.reject(new Error('nothing was asked'));
const actions = { start: act, stop: act, remove: act, claim: act };
const router = {} as NonNullable<React.ContextType<typeof AppRouterContext>>;

/** The controls that the page of an agent in this state shows. */
function controlsOf(status: AgentStatus): string[] {
  const can = Object.fromEntries(AGENT_ACTIONS.map((action) => [action, { allowed: true }]));
  const agent = { id: 'a', name: 'planner', owner: { id: 'o', name: 'Mia' }, status, can } as AgentDetail;
  const page = createElement(AgentActions, { agent, actions });
  const html = renderToStaticMarkup(createElement(AppRouterContext.Provider, { value: router }, page));
  return [...html.matchAll(/>(Start|Stop)</g)].map(([, word = '']) => word);
}

test.each<[AgentStatus, string[]]>([
  ['stopped', ['Start']],
  ['running', ['Stop']],
  ['degraded', ['Stop']],
  ['error', ['Start', 'Stop']],
  ['unreachable', ['Start', 'Stop']],
])('an agent that is %s offers what may bring it where it is wanted', (status, controls) => {
  expect(controlsOf(status)).toEqual(controls);
});
