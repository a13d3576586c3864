import { CalendarOff } from 'lucide-react';
import type { Metadata } from 'next';
import { FreezeList } from '#components/freeze-windows/freeze-list.tsx';
import { frozenWords } from '#components/freeze-windows/freeze-words.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { deploymentsHeldBy, listFreezeWindows } from '#lib/deployments/policies/freeze-queries.ts';
import type { FreezeWindow } from '#lib/model/freeze-window.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { endFreezeWindow } from './actions.ts';

export const metadata: Metadata = { title: 'Freeze windows' };

/** What the freezes that are on hold, by their environment. */
async function heldNow(windows: readonly FreezeWindow[]) {
  const frozen = new Set(windows.filter(({ isOn }) => isOn).map(({ environment }) => environment));
  return new Map(
    await Promise.all(
      [...frozen].map(
        async (environment) => [environment, await read(deploymentsHeldBy, { environment })] as const,
      ),
    ),
  );
}

export default async function FreezeWindowsPage() {
  const { permissions } = await requireActor(paths.freezeWindows());
  const { items } = await read(listFreezeWindows, {});
  const mayConfigure = permissions.has('deployments:configure');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Freeze windows"
        actions={
          mayConfigure && (
            <ButtonLink href={paths.newFreezeWindow()} variant="primary" icon={CalendarOff}>
              Plan a freeze
            </ButtonLink>
          )
        }
      >
        {frozenWords(items)}
      </PageHeader>
      <FreezeList
        windows={items}
        held={await heldNow(items)}
        end={mayConfigure ? endFreezeWindow : null}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}
