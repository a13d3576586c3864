import type { Metadata } from 'next';
import { switchTeam } from '#app/(auth)/actions.ts';
import { CreateTeam, RenameTeam, TeamList } from '#components/access/team-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listTeams } from '#lib/members/teams/queries.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createTeam, deleteTeam, getTeamContents, renameTeam } from './actions.ts';

export const metadata: Metadata = { title: 'Teams' };

export default async function TeamsPage() {
  const { permissions } = await requireActor(paths.teams());
  if (!permissions.has('team:read')) {
    return (
      <StateMessage kind="no-permission" title="Your role may not see teams">
        Ask an admin of your team.
      </StateMessage>
    );
  }
  const { items } = await read(listTeams, {});
  const current = items.find(({ isCurrent }) => isCurrent);
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.teams() });
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <PageHeader title="Teams">
        You may act in {formatPlural(items.length, 'team')}. A team owns its agents, alerts, keys and people.
      </PageHeader>
      <TeamList
        teams={items}
        switchTeam={switchTeam}
        remove={permissions.has('teams:delete') ? { ask: getTeamContents, act: deleteTeam } : null}
        proveAgain={proveAgain}
      />
      {current && permissions.has('team:update') && (
        <RenameTeam team={current} rename={renameTeam} proveAgain={proveAgain} />
      )}
      {permissions.has('teams:create') && <CreateTeam create={createTeam} proveAgain={proveAgain} />}
    </div>
  );
}
