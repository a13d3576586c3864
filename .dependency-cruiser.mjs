/**
 * Who may import what (docs/architecture.md): one row a room, everything that is not listed is
 * forbidden. Parsed by swc: the cruiser cannot read TypeScript 7's compiler and would check nothing.
 */
const NOUNS = [
  'agents',
  'alerts',
  'analytics',
  'api-keys',
  'audit-log',
  'clusters',
  'content',
  'deployments',
  'gates',
  'integrations',
  'members',
  'metrics',
  'notifications',
  'on-call',
  'registries',
  'repositories',
  'runs',
  'scaling',
  'settings',
];
const nouns = `lib/(${NOUNS.join('|')})/`;
const ports = 'lib/ports/[^/]+/port\\.ts$';
const basis = ['lib/model/', 'lib/kernel/'];
const services = ['lib/outbound/', 'lib/secrets/', 'lib/limits/'];
const gate = ['lib/command/', 'lib/access/', 'lib/audit/'];
const belowCompose = [
  ...basis,
  ...services,
  ...gate,
  nouns,
  'db/',
  'lib/ports/',
  'lib/pipeline/',
  'lib/telemetry/',
];
const processRooms = [
  'lib/config/',
  'lib/pipeline/',
  'lib/telemetry/',
  'lib/access/',
  'lib/limits/',
  nouns,
  ports,
  'db/',
  ...basis,
];

/** room -> what it may import of ours, besides itself (`alone`: not even itself). */
const ROOMS = {
  'lib/model/': [],
  'lib/kernel/': ['lib/model/'],
  'lib/config/': [...basis, 'package\\.json$'],
  'db/': ['lib/model/'],
  'lib/(outbound|secrets|limits)/': basis,
  'lib/access/': ['db/', ...basis],
  'lib/audit/': ['lib/access/', 'db/', ...basis],
  'lib/command/': ['lib/access/', 'lib/audit/', 'db/', ports, ...basis],
  'lib/telemetry/': basis,
  'lib/pipeline/': [nouns, 'lib/telemetry/', ...gate, 'lib/secrets/', 'lib/limits/', 'db/', ports, ...basis],
  'lib/compose/': ['lib/config/', ...belowCompose],
  'lib/web/': [
    'lib/compose/web\\.ts$',
    'lib/config/',
    'lib/pipeline/',
    nouns,
    ...gate,
    'lib/limits/',
    ...basis,
  ],
  'components/': ['lib/model/'],
  // Pages ask the permission table why a button is off; nothing is decided there.
  'app/': ['lib/web/', 'lib/pipeline/', 'lib/access/permissions\\.ts$', nouns, 'components/', ...basis],
  'realtime/': ['lib/compose/realtime\\.ts$', ...processRooms],
  'ingest/': ['lib/compose/ingest\\.ts$', ...processRooms],
  'worker/': ['lib/compose/worker\\.ts$', ...processRooms],
};

const OURS = '^(app|components|db|ingest|lib|realtime|scripts|tests|worker)/';
/** Tests may import anything; a contract suite is one. */
const TESTS = '(^tests/|^lib/testing/|\\.test\\.(ts|tsx|mjs)$|^lib/ports/[^/]+/contract[^/]*\\.ts$)';

function room(path, allowed) {
  return {
    name: `room ${path}`,
    severity: 'error',
    from: { path: `^${path}`, pathNot: TESTS },
    to: { path: [OURS, 'package\\.json$'], pathNot: [path, ...allowed].map((p) => `^${p}`) },
  };
}

export default {
  forbidden: [
    ...Object.entries(ROOMS).map(([path, allowed]) => room(path, allowed)),
    {
      name: 'a port is a promise: model and kernel only',
      severity: 'error',
      from: { path: '^lib/ports/[^/]+/port\\.ts$' },
      to: { path: OURS, pathNot: '^lib/(model|kernel)/' },
    },
    {
      name: 'an adapter knows its own port only',
      severity: 'error',
      from: { path: '^lib/ports/([^/]+)/', pathNot: [TESTS, '/port\\.ts$'] },
      to: {
        path: OURS,
        // The sketch is arithmetic: what a store keeps of a distribution.
        pathNot: [
          '^lib/ports/$1/',
          '^lib/telemetry/sketch\\.ts$',
          ...[...services, ...basis, 'db/'].map((p) => `^${p}`),
        ],
      },
    },
    {
      name: 'a noun never imports another noun',
      severity: 'error',
      from: { path: `^lib/(${NOUNS.join('|')})/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          '^lib/$1/',
          ...[...gate, ...services, ...basis, 'db/', ports, 'lib/telemetry/'].map((p) => `^${p}`),
        ],
      },
    },
    {
      name: 'scripts and root files stand outside the rooms',
      severity: 'error',
      from: { path: '^(scripts/|[^/]+\\.(ts|mjs)$)', pathNot: [TESTS, '^scripts/(bench|demo)'] },
      to: {
        path: OURS,
        pathNot: [
          '^scripts/',
          '^tests/(bench|history|soak)/',
          '^lib/config/',
          '^lib/compose/',
          '^lib/web/',
          '^lib/(kernel|model)/',
        ],
      },
    },
    {
      name: 'only tests and seeds import lib/testing',
      severity: 'error',
      from: { pathNot: [TESTS, '^db/seed/', '^vitest\\.config\\.ts$', '^scripts/bench'] },
      to: { path: '^lib/testing/' },
    },
    {
      name: 'nothing imports a test',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.(ts|tsx|mjs)$' },
    },
    {
      name: 'server-only throws in plain Node: lib/web and app alone use it',
      severity: 'error',
      from: { pathNot: '^(lib/web|app)/' },
      to: { path: '(^|/)server-only' },
    },
    {
      name: 'no circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every import of ours is found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, path: '^(#|\\.)' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: '^(next-env|\\.next|\\.data|\\.prepared|node_modules|scripts/demo|scripts/runtime|tests/captures)',
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
