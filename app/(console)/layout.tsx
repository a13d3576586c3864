import type { ReactNode } from 'react';
import { signOut, switchTeam } from '#app/(auth)/actions.ts';
import { AppShell } from '#components/shell/app-shell.tsx';
import { NotFoundStatus } from '#components/ui/not-found-status.tsx';
import { TimeZoneProvider } from '#components/ui/time-zone.tsx';
import { agentFacets } from '#lib/agents/queries.ts';
import { listAwaitedApprovals } from '#lib/deployments/approvals/awaited.ts';
import { publicAddresses } from '#lib/web/addresses.ts';
import { hasFeature } from '#lib/web/has-feature.ts';
import { read, requireSignedIn } from '#lib/web/session.ts';
import { namesNothing } from './records.ts';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { session, actor } = await requireSignedIn();
  const [addresses, facets, hasDeployments, isNothing] = await Promise.all([
    publicAddresses(),
    actor.permissions.has('agents:read') ? read(agentFacets, {}) : null,
    hasFeature('deployment_automation'),
    namesNothing(),
  ]);
  const deploys = hasDeployments && actor.permissions.has('deployments:read');
  const approves = deploys && actor.permissions.has('deployments:approve');
  const awaited = approves ? await read(listAwaitedApprovals, {}) : null;
  const teams = session.teams.map(({ id, name }) => ({ id, name }));
  const team = teams.find(({ id }) => id === actor.teamId) ?? { id: actor.teamId, name: '' };
  return (
    <TimeZoneProvider zone={session.preferences.timeZone}>
      {isNothing && <NotFoundStatus />}
      <AppShell
        viewer={{ id: actor.userId, name: actor.name, email: actor.email, role: actor.role }}
        team={team}
        teams={teams}
        environments={facets?.environment.map(({ value }) => value) ?? []}
        deploys={deploys}
        awaited={awaited}
        realtimeUrl={addresses.realtime}
        signOut={signOut}
        switchTeam={switchTeam}
      >
        {children}
      </AppShell>
    </TimeZoneProvider>
  );
}
