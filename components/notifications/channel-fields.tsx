'use client';

import { TextArea, TextField } from '#components/ui/field.tsx';
import type { TeamChannelKind } from '#lib/model/notification-channel.ts';

type Settings = Record<string, unknown>;
type ErrorOf = (path: string) => string | null;

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

function lines(given: string): string[] {
  return given
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function headersOf(given: string): Record<string, string> {
  return Object.fromEntries(
    given
      .split('\n')
      .map((line) => line.split(/:(.*)/s))
      .filter(([name]) => name?.trim())
      .map(([name = '', value = '']) => [name.trim(), value.trim()]),
  );
}

/** What was typed, as the settings of its kind. */
export function settingsOf(kind: TeamChannelKind, form: FormData): Settings {
  const url = text(form, 'url');
  if (kind === 'email') return { recipients: lines(text(form, 'recipients')) };
  if (kind === 'pagerduty') {
    const endpoint = text(form, 'endpoint');
    return { routingKey: text(form, 'routingKey'), ...(endpoint !== '' && { endpoint }) };
  }
  if (kind !== 'webhook') return { url };
  const headers = headersOf(text(form, 'headers'));
  const body = text(form, 'templateBody');
  return {
    url,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== '' && { template: { contentType: text(form, 'templateType'), body } }),
  };
}

function WebhookFields({ errorOf }: { errorOf: ErrorOf }) {
  return (
    <>
      <TextField label="Address" name="url" type="url" required error={errorOf('settings.url')} />
      <TextArea
        label="Headers"
        name="headers"
        optional
        hint="One a line, as Name: value. For gateways that want a key."
        error={errorOf('settings.headers')}
      />
      <TextArea
        label="Body of your own"
        name="templateBody"
        optional
        hint="With {{headline}}, {{title}}, {{text}}, {{url}}, {{ack_url}}, {{severity}}; for SMS and voice gateways."
        error={errorOf('settings.template.body')}
      />
      <label className="flex flex-col gap-1.5 text-sm font-medium">
        Content type of that body
        <select
          name="templateType"
          className="touch h-8 rounded-md border border-line-control bg-surface px-2 text-sm font-normal"
        >
          <option value="application/json">JSON</option>
          <option value="application/x-www-form-urlencoded">Form</option>
          <option value="text/plain">Text</option>
        </select>
      </label>
    </>
  );
}

/** The fields of a kind of channel. */
export function ChannelFields({ kind, errorOf }: { kind: TeamChannelKind; errorOf: ErrorOf }) {
  switch (kind) {
    case 'email':
      return (
        <TextArea
          label="Recipients"
          name="recipients"
          required
          hint="One a line."
          error={errorOf('settings.recipients')}
        />
      );
    case 'pagerduty':
      return (
        <>
          <TextField
            label="Integration key"
            name="routingKey"
            required
            autoComplete="off"
            hint="Of an Events API v2 integration."
            error={errorOf('settings.routingKey')}
          />
          <TextField
            label="Events address"
            name="endpoint"
            type="url"
            optional
            hint="For the EU region: https://events.eu.pagerduty.com/v2/enqueue"
            error={errorOf('settings.endpoint')}
          />
        </>
      );
    case 'webhook':
      return <WebhookFields errorOf={errorOf} />;
    default:
      return (
        <TextField
          label="Webhook address"
          name="url"
          type="url"
          required
          autoComplete="off"
          hint={
            kind === 'slack'
              ? 'Of an incoming webhook: https://hooks.slack.com/services/…'
              : 'Of the workflow “When a Teams webhook request is received”.'
          }
          error={errorOf('settings.url')}
        />
      );
  }
}
