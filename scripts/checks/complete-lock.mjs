/**
 * `npm run lock:complete [folder]`: adds to the lock file the optional packages of other platforms that the
 * registry of the machine did not offer. Without them `npm ci` refuses the lock file everywhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../bootstrap/runtime.mjs';

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'aix',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'x64',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'wasm32',
  'mips64el',
];
const SYNONYMS = {
  windows: 'win32',
  linuxmusl: 'linux',
  armhf: 'arm',
  armv7: 'arm',
  ppc64le: 'ppc64',
  mac: 'darwin',
};

/** What a package's name says of its platform: `@swc/core-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/@]/).map((word) => SYNONYMS[word] ?? word);
  const found = (list) => list.filter((item) => words.includes(item) || words.includes(`${item}v7`));
  const libc = /musl/.test(name) ? { libc: ['musl'] } : {};
  const cpu = found(PROCESSORS);
  const os = found(SYSTEMS);
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...libc };
}

/** Whether an import of `name` from the package at `path` finds an entry. */
function isResolved(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`]) return true;
    if (at === '') return false;
    if (!at.includes('/node_modules/')) return Boolean(packages[`node_modules/${name}`]);
  }
}

/** The optional packages that a lock file asks for and does not list: name and version. */
export function missingOptionals({ packages }) {
  const missing = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isResolved(packages, path, name)) missing.set(name, { version, dev: entry.dev });
    }
  }
  return missing;
}

function complete(lock) {
  for (const [name, { version, dev }] of missingOptionals(lock)) {
    const exact = version.replace(/^[\^~]/, '');
    lock.packages[`node_modules/${name}`] = {
      version: exact,
      ...platformOf(name),
      ...(dev && { dev }),
      optional: true,
    };
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = join(ROOT, process.argv[2] ?? '.', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = [...missingOptionals(lock).keys()];
  writeFileSync(file, `${JSON.stringify(complete(lock), null, 2)}\n`);
  console.log(`${missing.length} added`, missing.join(' '));
}
