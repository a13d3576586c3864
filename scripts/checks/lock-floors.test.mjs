import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../bootstrap/runtime.mjs';
import { missingOptionals } from './complete-lock.mjs';

/** Lowest safe release of each line that is still mended; a line that is not listed is refused. */
const FLOORS = {
  next: ['16.4.5', '15.5.29'],
  react: ['19.2.6', '19.1.7', '19.0.6'],
  'react-dom': ['19.2.6', '19.1.7', '19.0.6'],
  'next-auth': ['4.24.15'],
  'socket.io': ['4.8.4'],
  'engine.io': ['6.6.7'],
  'socket.io-parser': ['4.2.6'],
  ioredis: ['6.0.0'],
  'drizzle-orm': ['0.45.2'],
  nodemailer: ['10.0.5'],
  undici: ['8.12.2', '7.30.1', '6.29.1'],
  sharp: ['0.35.5'],
};
/** Lines that were mended within one major release; the other packages have one line a minor. */
const BY_MINOR = new Set(['react', 'react-dom', 'next']);

const readLock = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const lock = readLock('package-lock.json');

function numbers(version) {
  return version.split('-')[0].split('.').map(Number);
}

/** Negative, zero or positive, as the first version is older, the same or newer. */
function compare(a, b) {
  const [left, right] = [numbers(a), numbers(b)];
  const different = left.findIndex((part, index) => part !== right[index]);
  return different === -1 ? 0 : left[different] - right[different];
}

/** Whether a version is at or above the floor of its own line, or newer than all lines. */
function isSafe(name, version) {
  const floors = FLOORS[name];
  if (version.includes('-')) return compare(version, floors[0]) > 0;
  if (compare(version, floors[0]) >= 0) return true;
  const line = BY_MINOR.has(name) ? 2 : 1;
  const own = floors
    .slice(1)
    .find((f) => String(numbers(f).slice(0, line)) === String(numbers(version).slice(0, line)));
  return own !== undefined && compare(version, own) >= 0;
}

/** What an entry of a lock file is a copy of: an alias says so itself. */
function packageOf(path, { name }) {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Every copy of a package in a lock file, nested ones and aliases included: [path, version]. */
function copiesOf(name, packages) {
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && packageOf(path, entry) === name)
    .map(([path, entry]) => [path, entry.version]);
}

function belowFloor(packages) {
  return Object.keys(FLOORS).flatMap((name) =>
    copiesOf(name, packages).filter(([, version]) => !isSafe(name, version)),
  );
}

/** Every lock file of the repository: the product's, the runtime's, the demo's, the capture senders'. */
function lockFiles(folder = ROOT) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      return /^(node_modules|\..*)$/.test(entry.name) ? [] : lockFiles(join(folder, entry.name));
    }
    return entry.name === 'package-lock.json' ? [relative(ROOT, join(folder, entry.name))] : [];
  });
}

/** Packages of a lock file with an install script whose refusal does not stand in a list. */
function unnamedScripts(packages, allowScripts) {
  const withScripts = Object.entries(packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path, entry]) => packageOf(path, entry));
  return [...new Set(withScripts)].filter((name) => allowScripts?.[name] !== false);
}

test('security U12: no copy of a package in any lock file is below the floor of a known hole', () => {
  const files = lockFiles();
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect(belowFloor(readLock(file).packages), file).toEqual([]);
  expect(copiesOf('next', lock.packages)).toHaveLength(1);
});

test('security U12: the check sees a nested copy, an old line and a beta below its floor', () => {
  const planted = {
    'node_modules/a/node_modules/undici': { version: '7.30.0' },
    'node_modules/undici': { version: '7.30.1' },
    'node_modules/next': { version: '16.4.5-canary.1' },
    'node_modules/react': { version: '18.3.1' },
    'node_modules/b/node_modules/react': { version: '19.1.7' },
    'node_modules/mail': { name: 'nodemailer', version: '9.1.0' },
  };
  expect(belowFloor(planted).map(([path]) => path)).toEqual([
    'node_modules/next',
    'node_modules/react',
    'node_modules/mail',
    'node_modules/a/node_modules/undici',
  ]);
});

test('security U12: install scripts are off, and every package that has one is named as refused', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(unnamedScripts(lock.packages, allowScripts)).toEqual([]);
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('security U12: the check sees a package with an install script that is not named, or that is allowed', () => {
  const planted = {
    '': { name: 'pitwall', hasInstallScript: false },
    'node_modules/a': { version: '1.0.0', hasInstallScript: true },
    'node_modules/x/node_modules/b': { version: '1.0.0', hasInstallScript: true },
    'node_modules/c': { version: '1.0.0', hasInstallScript: true },
    'node_modules/d': { version: '1.0.0' },
  };
  expect(unnamedScripts(planted, { a: false, b: true })).toEqual(['b', 'c']);
});

test('security U12: npm run sbom lists what the product is made of, as CycloneDX', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const { bomFormat, components } = JSON.parse(text);
  expect(bomFormat).toBe('CycloneDX');
  const versions = new Map(components.map(({ name, version }) => [name, version]));
  for (const name of ['next', 'react', 'undici', 'drizzle-orm'])
    expect(versions.get(name)).toBe(lock.packages[`node_modules/${name}`].version);
}, 60_000);

test.each(lockFiles())('%s names no download addresses and lists the packages of every platform', (file) => {
  const read = readLock(file);
  expect(Object.values(read.packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''))).toEqual([]);
  expect([...missingOptionals(read).keys()], `run: npm run lock:complete ${dirname(file)}`).toEqual([]);
});
