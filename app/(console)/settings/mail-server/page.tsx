import type { Metadata } from 'next';
import { InstallationOnly } from '#components/installation/installation-only.tsx';
import { LastChange } from '#components/installation/last-change.tsx';
import { MailServerForm } from '#components/installation/mail-server-form.tsx';
import { MailTest } from '#components/installation/mail-test.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import type { MailServerView } from '#lib/model/installation-settings.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { getMailServer } from '#lib/settings/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { saveMailServer, sendTestMail } from './actions.ts';

export const metadata: Metadata = { title: 'Mail server' };

function conclusion({ server, isSetHere }: MailServerView): string {
  if (!server) return 'No mail server is set up: no mail leaves this installation.';
  const where = isSetHere ? 'as it was set here' : 'as the environment says';
  return `Mail leaves through ${server.host}:${server.port}, ${where}.`;
}

export default async function MailServerPage() {
  const { permissions } = await requireActor(paths.mailServer());
  if (!permissions.has('installation:read')) return <InstallationOnly />;
  const view = await read(getMailServer, {});
  const disabledReason = permissions.has('installation:update')
    ? null
    : 'Your role may look at these settings only.';
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHeader title="Mail server">
        {conclusion(view)} <LastChange state={view} renderedAtMs={Date.now()} />
      </PageHeader>
      <MailServerForm
        view={view}
        save={saveMailServer}
        proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: paths.mailServer() })}
        disabledReason={disabledReason}
      />
      <MailTest
        send={sendTestMail}
        disabledReason={disabledReason ?? (view.server ? null : 'Set a mail server up first.')}
      />
    </div>
  );
}
