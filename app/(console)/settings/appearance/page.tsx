import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { AppearanceForm } from '#components/settings/appearance-form.tsx';
import { APPEARANCE_COOKIE, readAppearance } from '#components/ui/appearance.ts';
import { PageHeader } from '#components/ui/page.tsx';
import { requireSignedIn } from '#lib/web/session.ts';
import { saveAppearance } from './actions.ts';

export const metadata: Metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  const [store, { session }] = await Promise.all([cookies(), requireSignedIn()]);
  const kept = readAppearance(store.get(APPEARANCE_COOKIE)?.value);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Appearance">The theme goes with you, the density stays in this browser.</PageHeader>
      <AppearanceForm
        initial={{ ...kept, theme: session.preferences.theme ?? kept.theme }}
        save={saveAppearance}
      />
    </div>
  );
}
