import { expect } from 'chai';
import { faultsAfter, REMOVED, type Edits } from './example.js';

/** What is changed in the example, and the faults that follow from it: these and no others. */
type Case = [what: string, edits: Edits, faults: string[]];

function table(title: string, cases: Case[]): void {
  describe(title, () => {
    for (const [what, edits, faults] of cases) {
      it(what, () => {
        expect(faultsAfter(edits)).to.eql(faults);
      });
    }
  });
}

table('names and ports', [
  [
    'refuses a service name that is used twice, without blaming its unit and path too',
    { 'services[3]': { name: 'config', port: 9, runtime: 'go' } },
    ['services[3].name: "config" is used twice (also services[0])'],
  ],
  [
    'refuses each further use of a port',
    { 'services[1].port': 3000, 'services[2].port': 3000 },
    [
      'services[1].port: 3000 is used twice (also services[0])',
      'services[2].port: 3000 is used twice (also services[0])',
    ],
  ],
  [
    'refuses a dependency with the name of a service or of another one',
    { 'dependencies[0].name': 'config', 'dependencies[2].name': 'redis' },
    [
      'dependencies[0].name: "config" is used twice (also services[0])',
      'dependencies[2].name: "redis" is used twice (also dependencies[1])',
    ],
  ],
  [
    'refuses two endpoints of one name in an environment',
    {
      'environments.production.endpoints[1]': { name: 'API', url: 'https://shop.example/2' },
      'environments.staging.endpoints': [{ name: 'API', url: 'https://staging.shop.example' }],
    },
    ['environments.production.endpoints[1].name: "API" is used twice (also environments.production.endpoints[0].name)'],
  ],
  [
    'refuses the one environment name whose variable is taken',
    { 'environments.known': { branch: 'main', hosts: ['web9'], envFile: '.env' } },
    ['environments.known: is a name in use: PAKA_KNOWN_HOSTS has another meaning'],
  ],
]);

table('hosts', [
  [
    'refuses a host that an environment lists twice, also under another user',
    { 'environments.production.hosts': ['web1', 'web2', 'web1', 'deploy@web2'] },
    [
      'environments.production.hosts[2]: "web1" is used twice (also environments.production.hosts[0])',
      'environments.production.hosts[3]: "deploy@web2" is used twice (also environments.production.hosts[1])',
    ],
  ],
  [
    'refuses a host of two environments',
    { 'environments.staging.hosts': ['web1'] },
    ['environments.production.hosts[0]: "web1" is used twice (also environments.staging.hosts[0])'],
  ],
]);

table('units', [
  [
    'refuses a unit that two services write',
    { 'services[2].unit': 'backend@1.service' },
    ['services[2].unit: "backend@1.service" is used twice (also services[1])'],
  ],
  [
    'refuses a unit of its own that is what another service derives',
    { 'services[1].unit': 'shop-web-ui.service' },
    ['services[2]: "shop-web-ui.service" is used twice (also services[1])'],
  ],
  [
    'refuses a dependency that is a service, but lets dependencies share a unit',
    { 'dependencies[0].unit': 'shop-config.service' },
    ['dependencies[0].unit: "shop-config.service" is used twice (also services[0])'],
  ],
  [
    'refuses a template without {name} once, not each unit that it makes',
    { unit: 'shop.service' },
    ['unit: "shop.service" has no {name} in it, so it names one unit only'],
  ],
  [
    'takes a template without {name} where every service has a unit of its own',
    { unit: 'unused.service', 'services[0].unit': 'a.service', 'services[2].unit': 'c.service' },
    [],
  ],
  [
    'derives no unit for a service whose own is faulty',
    { 'services[0].unit': 'shop config', 'services[1].unit': 'shop-config.service' },
    ['services[0].unit: "shop config" is not a unit name that ends in .service'],
  ],
]);

table('paths', [
  [
    'refuses a path that two services have, written or by default',
    { 'services[1].path': 'services/config' },
    ['services[1].path: "services/config" is used twice (also services[0])'],
  ],
  [
    'refuses a path inside that of another service',
    { 'services[1].path': 'services/config/api/v1', 'services[2].path': 'services/config-ui' },
    ['services[1].path: "services/config/api/v1" lies inside "services/config" (services[0])'],
  ],
  [
    'refuses a default path inside that of another service',
    { 'services[1].path': 'services' },
    [
      'services[0]: "services/config" lies inside "services" (services[1].path)',
      'services[2]: "services/web-ui" lies inside "services" (services[1].path)',
    ],
  ],
  [
    'refuses an env file in the directory of a service, which a release replaces',
    { 'environments.staging.envFile': 'apps/backend/.env' },
    ['environments.staging.envFile: "apps/backend/.env" lies inside "apps/backend" (services[1].path)'],
  ],
  [
    'refuses shared paths that repeat or hold each other, and used ones that repeat',
    { 'services[1].shared': ['tmp', 'tmp/cache', 'tmp', 'tmp2'], 'services[1].uses': ['lib', 'lib', 'lib/a'] },
    [
      'services[1].uses[1]: "lib" is used twice (also services[1].uses[0])',
      'services[1].shared[1]: "tmp/cache" lies inside "tmp" (services[1].shared[0])',
      'services[1].shared[2]: "tmp" is used twice (also services[1].shared[0])',
    ],
  ],
]);

table('the order of restarts', [
  [
    'refuses unknown services in after and in hooks, and says which was meant',
    {
      'services[2].after': ['backnd', 'payments'],
      'deploy.hooks.beforeSwitch.service': 'web-iu',
      'deploy.hooks.afterDeploy.service': '',
    },
    [
      'services[2].after[0]: "backnd" is not a service here; did you mean "backend"?',
      'services[2].after[1]: "payments" is not a service here',
      'deploy.hooks.beforeSwitch.service: "web-iu" is not a service here; did you mean "web-ui"?',
      'deploy.hooks.afterDeploy.service: "" is not the name of a service',
    ],
  ],
  [
    'says nothing about unknown services while the name of one is at fault',
    { 'services[0].name': 'Config' },
    ['services[0].name: "Config" is not a name (a-z, 0-9 and "-", beginning with a letter)'],
  ],
  [
    'refuses a service that is named twice in after',
    { 'services[1].after': ['config', 'config'] },
    ['services[1].after[1]: "config" is used twice (also services[1].after[0])'],
  ],
  [
    'refuses a service that waits for itself',
    { 'services[0].after': ['config'] },
    ['services[0].after: goes in a circle: config -> config'],
  ],
  [
    'shows each cycle once',
    { 'services[0].after': ['backend', 'web-ui'], 'services[2].after': ['config'] },
    [
      'services[0].after: goes in a circle: config -> backend -> config',
      'services[0].after: goes in a circle: config -> web-ui -> config',
    ],
  ],
  [
    'shows cycles also where other parts of the file are at fault',
    { 'services[0].after': ['backend'], 'services[1].port': 'none', 'services[2]': 'web-ui' },
    [
      'services[0].after: goes in a circle: config -> backend -> config',
      'services[1].port: "none" is not a port (1-65535)',
      'services[2]: "web-ui" is not a service: an object with name, port and runtime',
    ],
  ],
  [
    'takes a diamond for what it is',
    { 'services[3]': { name: 'gateway', port: 4000, runtime: 'go', after: ['web-ui', 'backend', 'config'] } },
    [],
  ],
  [
    'shortens a long cycle',
    { services: Array.from({ length: 5000 }, (_, index) => link(index)), deploy: REMOVED },
    ['services[0].after: goes in a circle: s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> (4992 more) -> s0'],
  ],
]);

table('URLs', [
  [
    'refuses a password wherever a URL may stand, and does not show it',
    {
      repository: 'https://git:hunter2@example.org/a.git',
      'environments.production.endpoints[0].url': 'https://me:hunter2@shop.example',
      'dependencies[1].url': 'redis://:hunter2@localhost:6379',
      'dependencies[2].url': 'postgresql://db/shop?user=a&password=hunter2',
    },
    [
      'repository: "https://git:***@example.org/a.git" has a password in it: use an SSH address',
      'environments.production.endpoints[0].url: "https://me:***@shop.example" has a password in it: an endpoint answers without',
      'dependencies[1].url: "redis://:***@localhost:6379" has a password in it: move it to the env file, write $NAME here',
      'dependencies[2].url: "postgresql://db/shop?user=a&password=***" has a password in it: move it to the env file, write $NAME here',
    ],
  ],
  [
    'sees a password that makes the URL one that cannot be parsed',
    { 'dependencies[1].url': 'redis://user:p#ss/w@rd@localhost' },
    [
      'dependencies[1].url: "redis://user:***@localhost" has a password in it: move it to the env file, write $NAME here',
    ],
  ],
  [
    'hides a password also where it is not the fault',
    {
      'backup.database': 'postgresql://a:hunter2@db/shop',
      'environments.staging.hosts': ['deploy:hunter2@web0'],
      'services[1].build': ['curl\nhttps://a:hunter2@example.org'],
    },
    [
      'environments.staging.hosts[0]: "deploy:***@web0" is not a host: name, address or user@host (ports go in the ssh config)',
      'services[1].build[0]: "curl\\nhttps://a:***@example.org" is not a command on one line',
      'backup.database: "postgresql://a:***@db/shop" is not a $NAME, the key of a value in the env file',
    ],
  ],
  [
    'refuses what only looks like a URL',
    { 'dependencies[2].url': 'redis://127.0.0.1:99999', 'environments.production.endpoints[0].url': 'https://[shop' },
    [
      'environments.production.endpoints[0].url: "https://[shop" is not a URL',
      'dependencies[2].url: "redis://127.0.0.1:99999" is not a URL',
    ],
  ],
  [
    'refuses a health path on a URL that is not HTTP',
    { 'dependencies[2].health': '/health' },
    ['dependencies[2].health: "health" is asked over HTTP, but the URL is "redis://127.0.0.1:6379/1"'],
  ],
]);

table('dependencies and backup', [
  [
    'refuses a dependency with neither unit nor url',
    { 'dependencies[0].unit': REMOVED },
    ['dependencies[0]: needs a "unit", a "url" or both'],
  ],
  [
    'does not call a unit missing that is faulty',
    { 'dependencies[0].unit': 'nginx' },
    ['dependencies[0].unit: "nginx" is not a unit name that ends in .service'],
  ],
  [
    'refuses a health path without a url',
    { 'dependencies[0].health': '/health' },
    ['dependencies[0]: "health" needs a "url" to ask'],
  ],
  [
    'refuses a target where the dumps of several environments would mix',
    { 'backup.to': 's3://backups/all' },
    ['backup.to: "s3://backups/all" has no {environment}: the dumps of all environments would mix'],
  ],
  [
    'needs no {environment} where there is one environment only',
    { 'backup.to': '/var/backups/shop', 'environments.staging': REMOVED },
    [],
  ],
  [
    'refuses to keep nothing',
    { 'backup.keep': { last: 0 } },
    ['backup.keep: keeps no dump: one number has to be above 0'],
  ],
]);

/** Returns one of 5000 services that wait for each other in a circle. */
function link(index: number): object {
  return { name: `s${index}`, port: 10000 + index, runtime: 'go', after: [`s${(index + 1) % 5000}`] };
}
