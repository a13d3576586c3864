import { BellOff } from 'lucide-react';
import type { Metadata } from 'next';
import { SilenceList } from '#components/alert-routing/silence-list.tsx';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listSilences } from '#lib/alerts/quiet/queries.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { expireSilence } from './actions.ts';

export const metadata: Metadata = { title: 'Silences' };

export default async function SilencesPage() {
  const { permissions } = await requireActor(paths.silences());
  const { items } = await read(listSilences, {});
  const mayMute = permissions.has('alerts:mute');
  const active = items.filter(({ state }) => state === 'active').length;
  return (
    <div className="flex flex-col gap-4">
      <AlertSections />
      <PageHeader
        title="Silences"
        actions={
          mayMute && (
            <ButtonLink href={paths.newSilence()} variant="primary" icon={BellOff}>
              New silence
            </ButtonLink>
          )
        }
      >
        {active === 0
          ? 'No silence is active.'
          : `${formatPlural(active, 'silence is', 'silences are')} active.`}
      </PageHeader>
      <SilenceList silences={items} expire={mayMute ? expireSilence : null} renderedAtMs={Date.now()} />
    </div>
  );
}
