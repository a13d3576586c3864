import type { Metadata } from 'next';
import { TeamSettingsForm } from '#components/settings/team-settings-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { getTeamSettings } from '#lib/members/team-settings-query.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { saveTeamSettings } from './actions.ts';

export const metadata: Metadata = { title: 'Team' };

export default async function TeamSettingsPage() {
  const { permissions } = await requireActor(paths.team());
  const settings = await read(getTeamSettings, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Team">For how long the telemetry of this team is kept.</PageHeader>
      <TeamSettingsForm
        settings={settings}
        save={saveTeamSettings}
        disabledReason={
          permissions.has('team:update') ? null : 'Only admins of the team may change its settings.'
        }
      />
    </div>
  );
}
