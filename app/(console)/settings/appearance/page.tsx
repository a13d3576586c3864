import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { AppearanceForm } from '#components/settings/appearance-form.tsx';
import { APPEARANCE_COOKIE, readAppearance } from '#components/ui/appearance.ts';
import { PageHeader } from '#components/ui/page.tsx';
import { saveAppearance } from './actions.ts';

export const metadata: Metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  const store = await cookies();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Appearance">Kept in this browser only.</PageHeader>
      <AppearanceForm initial={readAppearance(store.get(APPEARANCE_COOKIE)?.value)} save={saveAppearance} />
    </div>
  );
}
