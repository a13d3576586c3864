import { expect, test } from 'vitest';
import { paths, withQuery } from './paths.ts';

test('every address of the product is the one people have bookmarked', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  expect({
    overview: paths.overview(),
    overviewLater: paths.overview({ range: '24h', env: 'production' }),
    agents: paths.agents({ status: 'error', sort: 'p95' }),
    newAgent: paths.newAgent(),
    agent: paths.agent(id),
    agentRuns: paths.agent(id, 'runs', { range: '7d' }),
    agentConfiguration: paths.agent(id, 'configuration'),
    agentHealth: paths.agent(id, 'health'),
    editAgent: paths.editAgent(id),
    alerts: paths.alerts({ status: 'active' }),
    alert: paths.alert(id),
    connect: paths.connect(),
    settings: paths.settings(),
    apiKeys: paths.apiKeys(),
    team: paths.team(),
    receiver: paths.receiver(),
    sessions: paths.sessions(),
    appearance: paths.appearance(),
    onCall: paths.onCall(),
    newSchedule: paths.newSchedule(),
    schedule: paths.schedule(id, { week: '2026-01-05' }),
    editSchedule: paths.editSchedule(id),
    policies: paths.policies(),
    newPolicy: paths.newPolicy(),
    policy: paths.policy(id),
    contacts: paths.contacts(),
    calendar: paths.api.calendar('secret'),
    signIn: paths.signIn(),
    metricsQuery: paths.api.metricsQuery({ from: 1, to: 2, measure: 'requests' }),
    openApi: paths.api.openApi(),
    receiverReport: paths.api.receiver(),
  }).toMatchInlineSnapshot(`
    {
      "agent": "/agents/01890a5d-ac96-774b-bcce-b302099a8057",
      "agentConfiguration": "/agents/01890a5d-ac96-774b-bcce-b302099a8057/configuration",
      "agentHealth": "/agents/01890a5d-ac96-774b-bcce-b302099a8057/health",
      "agentRuns": "/agents/01890a5d-ac96-774b-bcce-b302099a8057/runs?range=7d",
      "agents": "/agents?status=error&sort=p95",
      "alert": "/alerts/01890a5d-ac96-774b-bcce-b302099a8057",
      "alerts": "/alerts?status=active",
      "apiKeys": "/settings/api-keys",
      "appearance": "/settings/appearance",
      "calendar": "/api/calendar/secret",
      "connect": "/connect",
      "contacts": "/settings/contacts",
      "editAgent": "/agents/01890a5d-ac96-774b-bcce-b302099a8057/edit",
      "editSchedule": "/on-call/schedules/01890a5d-ac96-774b-bcce-b302099a8057/edit",
      "metricsQuery": "/api/v1/metrics/query?from=1&to=2&measure=requests",
      "newAgent": "/agents/new",
      "newPolicy": "/on-call/policies/new",
      "newSchedule": "/on-call/schedules/new",
      "onCall": "/on-call",
      "openApi": "/api/v1/openapi.json",
      "overview": "/overview",
      "overviewLater": "/overview?range=24h&env=production",
      "policies": "/on-call/policies",
      "policy": "/on-call/policies/01890a5d-ac96-774b-bcce-b302099a8057",
      "receiver": "/settings/receiver",
      "receiverReport": "/api/v1/receiver",
      "schedule": "/on-call/schedules/01890a5d-ac96-774b-bcce-b302099a8057?week=2026-01-05",
      "sessions": "/settings/sessions",
      "settings": "/settings",
      "signIn": "/sign-in",
      "team": "/settings/team",
    }
  `);
});

test('empty parameters are left out and values are escaped', () => {
  expect(withQuery('/agents', { q: 'a&b=c', env: '', owner: null, sort: undefined })).toBe(
    '/agents?q=a%26b%3Dc',
  );
});
