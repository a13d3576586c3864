import { BellRing, MonitorSmartphone, ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { ProfileForm } from '#components/account/profile-form.tsx';
import { SettingsIndex } from '#components/settings/settings-index.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { getOwnProfile } from '#lib/members/profile/own-profile.ts';
import { paths } from '#lib/model/paths.ts';
import { timeZoneNames } from '#lib/model/time-zone-names.ts';
import { read } from '#lib/web/session.ts';
import { updateProfile } from './actions.ts';

export const metadata: Metadata = { title: 'Profile' };

const NEARBY = [
  {
    href: paths.contacts(),
    icon: BellRing,
    title: 'How you are reached',
    text: 'Your e-mail, devices and gateways, and when you are told by which.',
  },
  {
    href: paths.security(),
    icon: ShieldCheck,
    title: 'Password and sign-in',
    text: 'Your password, authenticator app, recovery codes and passkeys.',
  },
  {
    href: paths.sessions(),
    icon: MonitorSmartphone,
    title: 'Sessions',
    text: 'Where you are signed in, and how to end it.',
  },
];

export default async function ProfilePage() {
  const profile = await read(getOwnProfile, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Profile">You sign in as {profile.email}.</PageHeader>
      <ProfileForm profile={profile} zones={timeZoneNames(profile.timeZone)} save={updateProfile} />
      <SettingsIndex sections={NEARBY} />
    </div>
  );
}
