import type { RateLimit } from '#lib/model/installation-settings.ts';

/** A limit in words: what is counted, and whose. */
interface LimitWords {
  label: string;
  hint: string;
}

/** The limits in the groups of the page. */
export const LIMIT_GROUPS: readonly { title: string; limits: readonly RateLimit[] }[] = [
  {
    title: 'Machines',
    limits: ['apiPerMinute', 'apiPerHour', 'otlpPointsPerSecond', 'alertsPerMinute', 'provisioningPerMinute'],
  },
  {
    title: 'People',
    limits: ['signInPerMinute', 'pageDataPerMinute', 'acknowledgePerMinute', 'liveTokenPerMinute'],
  },
  { title: 'Monitoring', limits: ['healthPerMinute'] },
];

export const LIMIT_WORDS: Record<RateLimit, LimitWords> = {
  apiPerMinute: { label: 'REST requests a minute', hint: 'Of one API key on /api/v1.' },
  apiPerHour: { label: 'REST requests an hour', hint: 'Of one API key on /api/v1.' },
  otlpPointsPerSecond: {
    label: 'OTLP items a second',
    hint: 'Spans, points and logs of one API key, for each ingest process.',
  },
  alertsPerMinute: { label: 'Alert posts a minute', hint: 'Of one sender on /api/v2/alerts.' },
  signInPerMinute: { label: 'Sign-ins a minute', hint: 'Of one account, and of one address.' },
  pageDataPerMinute: { label: 'Page requests a minute', hint: 'Data and actions of one person.' },
  acknowledgePerMinute: { label: 'Acknowledgements a minute', hint: 'Of one person.' },
  liveTokenPerMinute: { label: 'Live connections a minute', hint: 'Of one person.' },
  provisioningPerMinute: {
    label: 'Provisioning requests a minute',
    hint: 'Of one provisioning token (SCIM), and sign-outs that one provider tells of.',
  },
  healthPerMinute: { label: 'Health requests a minute', hint: 'Of one address.' },
};
