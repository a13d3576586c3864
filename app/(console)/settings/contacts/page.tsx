import type { Metadata } from 'next';
import { NoMailServer } from '#components/installation/no-mail-server.tsx';
import { Contacts } from '#components/on-call/contacts.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { listOwnContacts } from '#lib/notifications/contacts/own-contacts.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createContactMethod, deleteContactMethod, setNotificationRules } from './actions.ts';

export const metadata: Metadata = { title: 'How you are reached' };

export default async function ContactsPage() {
  const { permissions } = await requireActor(paths.contacts());
  const [contacts, hasMail] = await Promise.all([read(listOwnContacts, {}), sendsMail()]);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="How you are reached">
        When a page begins, you are told by these rules until you acknowledge the alert.
      </PageHeader>
      {!hasMail && contacts.methods.some(({ kind }) => kind === 'email') && (
        <NoMailServer maySetUp={permissions.has('installation:update')} />
      )}
      <Contacts
        contacts={contacts}
        actions={{ create: createContactMethod, remove: deleteContactMethod, setRules: setNotificationRules }}
      />
    </div>
  );
}
