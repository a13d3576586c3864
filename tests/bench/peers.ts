import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { endChild, freePort, pinned, waitForHttp } from './harness.ts';

/** A peer that runs on loopback for the length of one goal. */
export interface Peer {
  name: string;
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Unpacks Debian packages into a folder without installing them. Returns null, and the reason on the
 * line of the goal, where they can't be had.
 */
export function unpackDebian(packages: readonly string[], scratch: string): string | null {
  const root = join(scratch, 'peers');
  const downloads = join(scratch, 'downloads');
  mkdirSync(root, { recursive: true });
  mkdirSync(downloads, { recursive: true });
  try {
    for (const name of packages) {
      if (existsSync(join(downloads, `${name}.done`))) continue;
      execFileSync('apt-get', ['download', name], { cwd: downloads, stdio: 'ignore' });
      const file = readdirSync(downloads).find((entry) => entry.startsWith(`${name}_`));
      if (file === undefined) return null;
      execFileSync('dpkg-deb', ['-x', join(downloads, file), root]);
      mkdirSync(join(downloads, `${name}.done`));
    }
    return root;
  } catch {
    return null;
  }
}

/** Starts an unpacked program on one core and waits until it answers; null where it is not there. */
export async function startPeer(
  name: string,
  binary: string,
  args: readonly string[],
  url: string,
  ready: string,
  env: Record<string, string> = {},
): Promise<Peer | null> {
  if (!existsSync(binary)) return null;
  const child = pinned(0, binary, args, { env: { ...process.env, GOMAXPROCS: '1', ...env } });
  await waitForHttp(`${url}${ready}`);
  return { name, url, pid: child.pid ?? 0, stop: () => endChild(child) };
}

/** VictoriaMetrics at its defaults on one core. */
export async function startVictoriaMetrics(scratch: string): Promise<Peer | null> {
  const root = unpackDebian(['victoria-metrics'], scratch);
  if (root === null) return null;
  const port = await freePort();
  const args = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(scratch, `vm-${port}`)}`];
  return startPeer(
    'VictoriaMetrics 1.79',
    join(root, 'usr/bin/victoria-metrics'),
    args,
    `http://127.0.0.1:${port}`,
    '/health',
  );
}

/** Prometheus with its remote-write receiver on one core. */
export async function startPrometheus(scratch: string): Promise<Peer | null> {
  const root = unpackDebian(['prometheus'], scratch);
  if (root === null) return null;
  const port = await freePort();
  const args = [
    '--config.file=/dev/null',
    `--web.listen-address=127.0.0.1:${port}`,
    `--storage.tsdb.path=${join(scratch, `prometheus-${port}`)}`,
    '--web.enable-remote-write-receiver',
  ];
  return startPeer(
    'Prometheus 2.42',
    join(root, 'usr/bin/prometheus'),
    args,
    `http://127.0.0.1:${port}`,
    '/-/ready',
  );
}

/** InfluxDB 1.6 on one core. */
export async function startInfluxDb(scratch: string): Promise<Peer | null> {
  const root = unpackDebian(['influxdb'], scratch);
  if (root === null) return null;
  const [port, rpc] = [await freePort(), await freePort()];
  const folder = join(scratch, `influx-${port}`);
  const env = {
    INFLUXDB_REPORTING_DISABLED: 'true',
    INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
    INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
    INFLUXDB_META_DIR: join(folder, 'meta'),
    INFLUXDB_DATA_DIR: join(folder, 'data'),
    INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
    INFLUXDB_HTTP_LOG_ENABLED: 'false',
  };
  const url = `http://127.0.0.1:${port}`;
  const peer = await startPeer('InfluxDB 1.6', join(root, 'usr/bin/influxd'), [], url, '/ping', env);
  if (peer !== null)
    await fetch(`${url}/query?q=${encodeURIComponent('CREATE DATABASE bench')}`, { method: 'POST' });
  return peer;
}

/** Netdata with its database in memory. */
export async function startNetdata(scratch: string): Promise<Peer | null> {
  const root = unpackDebian(
    [
      'netdata-core',
      'netdata-web',
      'netdata-plugins-bash',
      'libprotobuf32',
      'libjudydebian1',
      'libmongoc-1.0-0',
    ],
    scratch,
  );
  if (root === null) return null;
  const port = await freePort();
  const folder = join(scratch, `netdata-${port}`);
  const folders = ['cache', 'config', 'lib', 'log', 'stock config'].map((name): [string, string, string] => {
    mkdirSync(join(folder, name), { recursive: true });
    return ['directories', name, join(folder, name)];
  });
  const options: [string, string, string][] = [
    ['db', 'mode', 'ram'],
    ['global', 'run as user', userInfo().username],
    ...folders,
    ['directories', 'web', join(root, 'usr/share/netdata/web')],
    ['directories', 'plugins', join(root, 'usr/lib/netdata/plugins.d')],
    ['web', 'bind to', '127.0.0.1'],
    ['ml', 'enabled', 'no'],
  ];
  const args = ['-D', '-p', String(port), '-P', join(folder, 'netdata.pid')];
  for (const option of options) args.push('-W', 'set', ...option);
  const libraries = [join(root, 'usr/lib/x86_64-linux-gnu'), join(root, 'usr/lib')].join(':');
  return startPeer(
    'Netdata 1.37',
    join(root, 'usr/sbin/netdata'),
    args,
    `http://127.0.0.1:${port}`,
    '/api/v1/info',
    {
      LD_LIBRARY_PATH: libraries,
    },
  );
}
