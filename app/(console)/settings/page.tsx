import {
  BellRing,
  Boxes,
  CalendarOff,
  ClipboardCheck,
  Contact,
  Container,
  Gauge,
  GitBranch,
  Grid3x3,
  IdCard,
  KeyRound,
  Link2,
  Mail,
  MessageSquareLock,
  MonitorSmartphone,
  RadioTower,
  ScrollText,
  ShieldCheck,
  Ship,
  Split,
  SquareFunction,
  SunMoon,
  ToggleRight,
  UserRound,
  Users,
  UsersRound,
  Webhook,
} from 'lucide-react';
import type { Metadata } from 'next';
import { SettingsIndex } from '#components/settings/settings-index.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { hasFeature } from '#lib/web/has-feature.ts';
import { requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Settings' };

const SECTIONS = [
  {
    href: paths.apiKeys(),
    icon: KeyRound,
    title: 'API keys',
    text: 'What agents and automation sign in with.',
  },
  {
    href: paths.members(),
    icon: Contact,
    title: 'Members',
    text: 'Who is in the team, by which roles, and who is invited.',
  },
  {
    href: paths.roles(),
    icon: Grid3x3,
    title: 'Roles',
    text: 'What each role allows, and roles of your own.',
  },
  {
    href: paths.teams(),
    icon: Boxes,
    title: 'Teams',
    text: 'The teams you may act in, and what they are called.',
  },
  {
    href: paths.team(),
    icon: Users,
    title: 'Team',
    text: 'How long telemetry is kept.',
  },
  {
    href: paths.notifications(),
    icon: BellRing,
    title: 'Notifications',
    text: 'Where alerts go besides the inbox, your devices, and what was sent.',
  },
  {
    href: paths.alertRouting(),
    icon: Split,
    title: 'Alert routing',
    text: 'Which alerts go to whom, told together or apart, and what keeps what quiet.',
  },
  {
    href: paths.alertIntegrations(),
    icon: Webhook,
    title: 'Alert integrations',
    text: 'Let a Prometheus send its alerts here.',
  },
  {
    href: paths.receiver(),
    icon: RadioTower,
    title: 'Receiver',
    text: 'What each sender had accepted and refused, and what helps.',
  },
  {
    href: paths.contacts(),
    icon: BellRing,
    title: 'How you are reached',
    text: 'Your e-mail, devices and gateways, and when you are told by which.',
  },
  {
    href: paths.content(),
    icon: MessageSquareLock,
    title: 'Content',
    text: 'Whether prompts and completions are stored, what of them is redacted, and erasing them.',
  },
  {
    href: paths.auditLog(),
    icon: ScrollText,
    title: 'Audit log',
    text: 'Who did what, since when, and that nobody altered it.',
  },
  {
    href: paths.profile(),
    icon: UserRound,
    title: 'Profile',
    text: 'Your name, the time zone of your console and its theme.',
  },
  {
    href: paths.security(),
    icon: ShieldCheck,
    title: 'Password and sign-in',
    text: 'Your password, authenticator app, recovery codes and passkeys.',
  },
  {
    href: paths.singleSignOn(),
    icon: IdCard,
    title: 'Single sign-on',
    text: 'Identity providers, what their groups may do here, and provisioning.',
  },
  {
    href: paths.identities(),
    icon: Link2,
    title: 'Connected identities',
    text: 'Accounts at identity providers that open yours.',
  },
  {
    href: paths.sessions(),
    icon: MonitorSmartphone,
    title: 'Sessions',
    text: 'Where you are signed in, and how to end it.',
  },
  {
    href: paths.appearance(),
    icon: SunMoon,
    title: 'Appearance',
    text: 'Theme and density.',
  },
];

/** For installations that deploy. */
const DEPLOYMENT = [
  {
    href: paths.clusters(),
    icon: Ship,
    title: 'Clusters',
    text: 'Where agents run, what of it Pitwall uses, and what it may do there.',
  },
  {
    href: paths.repositories(),
    icon: GitBranch,
    title: 'Repositories',
    text: 'Where the source of agents is kept, and what of it may start a deployment.',
  },
  {
    href: paths.deploymentPolicies(),
    icon: ClipboardCheck,
    title: 'Deployment policies',
    text: 'Who has to approve what is deployed where, and what becomes of what fails.',
  },
  {
    href: paths.freezeWindows(),
    icon: CalendarOff,
    title: 'Freeze windows',
    text: 'When nothing is deployed to an environment, and what that holds.',
  },
  {
    href: paths.gateSources(),
    icon: SquareFunction,
    title: 'Gate sources',
    text: 'Prometheus servers that gates may ask, and the questions they may be asked.',
  },
];

/** For people who keep logins. */
const REGISTRIES = {
  href: paths.registries(),
  icon: Container,
  title: 'Image registries',
  text: 'The logins of registries that do not show their images to everybody.',
};

/** For people whose role concerns the whole installation. */
const INSTALLATION = [
  {
    href: paths.featureFlags(),
    icon: ToggleRight,
    title: 'Feature flags',
    text: 'What this installation offers.',
  },
  {
    href: paths.rateLimits(),
    icon: Gauge,
    title: 'Rate limits',
    text: 'How much machines and people may ask for.',
  },
  {
    href: paths.mailServer(),
    icon: Mail,
    title: 'Mail server',
    text: 'What mail leaves through, with a test.',
  },
];

/** For people who govern the accounts of the installation. */
const ACCOUNTS = {
  href: paths.accounts(),
  icon: UsersRound,
  title: 'Accounts',
  text: 'Everybody who is known here: disable, delete, and grant roles in every team.',
};

export default async function SettingsPage() {
  const { permissions } = await requireActor(paths.settings());
  const deploys = await hasFeature('deployment_automation');
  const registries = permissions.has('registries:manage') ? [REGISTRIES] : [];
  const deployment = deploys ? [...DEPLOYMENT, ...registries] : [];
  const installation = [
    ...(permissions.has('accounts:read') ? [ACCOUNTS] : []),
    ...(permissions.has('installation:read') ? INSTALLATION : []),
  ];
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Settings" />
      <SettingsIndex sections={[...SECTIONS, ...deployment]} />
      {installation.length > 0 && (
        <>
          <h2 className="text-sm font-medium">Installation</h2>
          <SettingsIndex label="Installation" sections={installation} />
        </>
      )}
    </div>
  );
}
