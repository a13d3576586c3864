import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './harness.ts';
import { type Peer, startPeer, unpackDebian } from './peers.ts';

/** How quick Prometheus and Alertmanager are set; durations in their notation. */
export interface PeerPace {
  name: 'tuned' | 'defaults';
  scrape: string;
  evaluate: string;
  groupWait: string;
  groupInterval: string;
}

/** As they come. Alerts are grouped by agent, so that none of them waits for the interval of another's group. */
export const DEFAULTS: PeerPace = {
  ...{ name: 'defaults', scrape: '1m', evaluate: '1m', groupWait: '30s', groupInterval: '5m' },
};
/** As quick as is sensible. */
export const TUNED: PeerPace = {
  ...{ name: 'tuned', scrape: '1s', evaluate: '1s', groupWait: '0s', groupInterval: '1s' },
};

export interface PeerRule {
  name: string;
  above: number;
}

/** Rules of one group follow each other, groups run side by side. */
const RULES_A_GROUP = 100;

function rulesFile(rules: readonly PeerRule[]): string {
  const groups = [];
  for (let at = 0; at < rules.length; at += RULES_A_GROUP) {
    const own = rules.slice(at, at + RULES_A_GROUP);
    const entries = own.map(({ name, above }) => ({ alert: name, expr: `bench_value > ${above}` }));
    groups.push({ name: `g${at}`, rules: entries });
  }
  // JSON is YAML too.
  return JSON.stringify({ groups });
}

function prometheusFile(pace: PeerPace, folder: string, feedPort: number, managerPort: number): string {
  const target = (port: number) => [{ targets: [`127.0.0.1:${port}`] }];
  return JSON.stringify({
    global: { scrape_interval: pace.scrape, evaluation_interval: pace.evaluate, scrape_timeout: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    alerting: { alertmanagers: [{ static_configs: target(managerPort) }] },
    scrape_configs: [
      { job_name: 'bench', metrics_path: `/metrics/${pace.name}`, static_configs: target(feedPort) },
    ],
  });
}

function managerFile(pace: PeerPace, hookUrl: string, probeRule: string): string {
  const webhook_configs = [{ url: hookUrl, send_resolved: false }];
  return JSON.stringify({
    route: {
      ...{ receiver: 'none', group_by: ['alertname'] },
      ...{ group_wait: pace.groupWait, group_interval: pace.groupInterval },
      routes: [
        { matchers: [`alertname="${probeRule}"`], receiver: 'hook', group_by: ['alertname', 'agent'] },
      ],
    },
    receivers: [{ name: 'none' }, { name: 'hook', webhook_configs }],
  });
}

/**
 * Starts Debian's Prometheus and Alertmanager on one core; null where they can't be had.
 *
 * @param hookUrl receives what `probeRule` finds
 */
export async function startAlertPeers(
  scratch: string,
  pace: PeerPace,
  rules: readonly PeerRule[],
  { feedPort, hookUrl, probeRule }: { feedPort: number; hookUrl: string; probeRule: string },
): Promise<{ peers: Peer[]; stop(): Promise<void> } | null> {
  const root = unpackDebian(['prometheus', 'prometheus-alertmanager'], scratch);
  if (root === null) return null;
  const [port, managerPort] = [await freePort(), await freePort()];
  const folder = join(scratch, `alerting-${port}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yml'), rulesFile(rules));
  writeFileSync(join(folder, 'prometheus.yml'), prometheusFile(pace, folder, feedPort, managerPort));
  writeFileSync(join(folder, 'alertmanager.yml'), managerFile(pace, hookUrl, probeRule));
  const at = (one: number) => `127.0.0.1:${one}`;
  // Its templates have a fixed place, so it gets what was unpacked there in a mount namespace of its own.
  const manager = await startPeer(
    'Alertmanager 0.25',
    '/usr/bin/unshare',
    [
      ...['--mount', '--map-root-user', 'sh', '-c', 'mount --bind "$0" /usr/share && exec "$@"'],
      ...[join(root, 'usr/share'), join(root, 'usr/bin/prometheus-alertmanager')],
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=${at(managerPort)}`,
      '--cluster.listen-address=',
    ],
    `http://${at(managerPort)}`,
    '/-/ready',
  );
  const prometheus = await startPeer(
    'Prometheus 2.42',
    join(root, 'usr/bin/prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=${at(port)}`,
    ],
    `http://${at(port)}`,
    '/-/ready',
  );
  const peers = [manager, prometheus].filter((peer) => peer !== null);
  const stop = async () => void (await Promise.all(peers.map((peer) => peer.stop())));
  if (peers.length === 2) return { peers, stop };
  await stop();
  return null;
}
