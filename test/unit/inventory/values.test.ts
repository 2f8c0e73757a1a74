import { expect } from 'chai';
import { exampleText, faultsOf } from './example.js';

/** A kind of value: where it stands, what is taken, and what is refused with which words. */
interface Rule {
  readonly what: string;
  readonly path: string;
  readonly noun: string;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const long = (length: number): string => 'a'.repeat(length);

const rules: Rule[] = [
  {
    what: 'the name of a service',
    path: 'services[0].name',
    noun: 'a name (a-z, 0-9 and "-", beginning with a letter)',
    good: ['a', 'web-2', 'x1', long(63)],
    bad: ['', 'Config', '2web', '-web', 'web-', 'web_ui', 'a b', 'a/b', 'a.b', 'é', 'a\n', '..', long(64), 5, null],
  },
  {
    what: 'the name of a dependency',
    path: 'dependencies[0].name',
    noun: 'a name (a-z, 0-9 and "-", beginning with a letter)',
    good: ['nginx-2'],
    bad: ['Nginx', ''],
  },
  {
    what: 'a title',
    path: 'services[0].title',
    noun: 'a title on one line',
    good: ['Config', 'Ключи & "quotes"', '配置'],
    bad: ['', '  ', 'two\nlines', 'bell\u0007', 'c1\u0085', 'line\u2028separator', 5],
  },
  {
    what: 'a port',
    path: 'services[0].port',
    noun: 'a port (1-65535)',
    good: [1, 80, 65535],
    bad: [0, -1, 65536, 80800, 80.5, '', 'http', null, true, [80], {}],
  },
  {
    what: 'the time of a start',
    path: 'services[0].startSeconds',
    noun: 'seconds (1-3600)',
    good: [1, 30, 3600],
    bad: [0, -1, 3601, 1.5, null, true],
  },
  {
    what: 'whether to ask',
    path: 'environments.staging.confirm',
    noun: 'true or false',
    good: [true, false],
    bad: ['yes', 1, null],
  },
  {
    what: 'a runtime',
    path: 'services[0].runtime',
    noun: 'a runtime (node, go, python, other)',
    good: ['node', 'go', 'python', 'other'],
    bad: ['java', '', null, 20],
  },
  {
    what: 'a unit',
    path: 'services[0].unit',
    noun: 'a unit name that ends in .service',
    good: ['a.service', 'shop-config.service', 'shop@eu.west.service', 'A:b_c.service', `${long(247)}.service`],
    bad: [
      '',
      '.service',
      'config',
      'config.socket',
      '-config.service',
      'a b.service',
      'a*.service',
      'a?.service',
      '[ab].service',
      '../a.service',
      'a/b.service',
      'a\\x2d.service',
      'a@.service',
      'a@b@c.service',
      '{name}.service',
      '$(id).service',
      'a.service\n',
      `${long(248)}.service`,
    ],
  },
  {
    what: 'the unit template',
    path: 'unit',
    noun: 'a unit name that ends in .service, with {name} in it',
    good: ['{name}.service', 'shop@{name}.service', '{name}@eu.service', 'shop_{name}-eu.service'],
    bad: ['shop-{name}', '{name}-{name}.service', 'shop-{nam}.service', '-{name}.service', 'a*{name}.service', ''],
  },
  {
    what: 'the root',
    path: 'root',
    noun: 'an absolute path, other than / (no "..", no spaces)',
    good: ['/opt/shop', '/srv', '/opt/a.b/c_d+e@f-1', '/opt/..shop', '/opt/.shop'],
    bad: [
      '',
      '/',
      '//',
      'opt/shop',
      './opt',
      '/opt/',
      '/opt//shop',
      '/opt/../etc',
      '/opt/./shop',
      '/opt/..',
      '/a b',
      '/a"',
      '/a%n',
    ],
  },
  {
    what: 'a user',
    path: 'user',
    noun: 'the name of a Linux user',
    good: ['deploy', '_shop', 'shop-2'],
    bad: ['', 'Deploy', '-deploy', 'deploy user', 'deploy:deploy', '0', 'a'.repeat(33), '%wheel'],
  },
  {
    what: 'a repository',
    path: 'repository',
    noun: 'the address of a git repository',
    good: ['https://example.org/a.git', 'ssh://git@example.org:22/a.git', 'git@example.org:a.git', '/srv/git/a.git'],
    bad: ['', '--upload-pack=x', 'git@example.org:a b.git', 'a\nb'],
  },
  {
    what: 'a branch',
    path: 'environments.staging.branch',
    noun: 'the name of a git branch',
    good: ['main', 'feature/x', 'release-1.2', 'a@b', 'v1.lockfile', 'été'],
    bad: ['', '-f', '/a', 'a/', 'a//b', 'a..b', '.a', 'a/.b', 'a.', 'a.lock', 'a.lock/b', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', '[a', 'a\\b', '@', '@{u}', 'HEAD', 'a\n'], // prettier-ignore
  },
  {
    what: 'a host',
    path: 'environments.staging.hosts[0]',
    noun: 'a host: name, address or user@host (ports go in the ssh config)',
    good: ['web', 'web.example.org', 'WEB_1', '10.0.0.1', 'deploy@web', 'first.last@10.0.0.1', '::1', '2001:db8::7', 'fe80::1%eth0', 'root@2001:db8::2', 'web.example.org.'], // prettier-ignore
    bad: ['', '-oProxyCommand=id', 'deploy@-oX', 'a b', ' web', 'web\n', 'web:22', 'deploy@', '@web', 'a@b@c', '[::1]', '12:34:56', ':::', 'ssh://web', 'web;id', '$(id)', '`id`', "web'", 'web/..', 'web*', 'user:pass@web', long(256), 7], // prettier-ignore
  },
  {
    what: 'an env file',
    path: 'environments.staging.envFile',
    noun: 'a relative path (no "..", no spaces)',
    good: ['.env', '.env.staging', 'secrets/.env'],
    bad: [
      '',
      '.',
      '..',
      '/etc/env',
      '../.env',
      'a/../b',
      'a/..',
      './.env',
      'a//b',
      'a/',
      '-env',
      'a b',
      '.git/env',
      '.paka/env',
    ],
  },
  {
    what: 'the path of a service',
    path: 'services[0].path',
    noun: 'a relative path (no "..", no spaces)',
    good: ['config', 'apps/config', 'a/b/c', '.apps/x', '.gitea'],
    bad: [
      '',
      '.',
      '..',
      '/apps/config',
      '../config',
      'apps/../..',
      'apps/.',
      './apps',
      '.git',
      '.paka/releases',
      'a\\b',
      long(201),
    ],
  },
  {
    what: 'a path that a service uses',
    path: 'services[1].uses[0]',
    noun: 'a relative path (no "..", no spaces)',
    good: ['packages/common', 'go.mod', 'packages/@shop/x'],
    bad: ['.', '/packages', '../common', 'packages/', ''],
  },
  {
    what: 'a shared path',
    path: 'services[1].shared[0]',
    noun: 'a relative path (no "..", no spaces)',
    good: ['tmp', '.cache', 'var/uploads'],
    bad: ['.', '/tmp', '../tmp', 'tmp/', ''],
  },
  {
    what: 'a build command',
    path: 'services[1].build[0]',
    noun: 'a command on one line',
    good: ['npm ci && npm run build -- --x="y"'],
    bad: ['', ' ', 'npm ci\nnpm test', 5],
  },
  {
    what: 'a health path',
    path: 'services[0].health',
    noun: 'a path that begins with "/"',
    good: ['/', '/health', '/a/b?deep=1&x=%20'],
    bad: ['', 'health', 'http://localhost/health', '/a b', '/a#b', '/a"', '/a\n', false],
  },
  {
    what: 'the name of an endpoint',
    path: 'environments.production.endpoints[0].name',
    noun: 'a name on one line',
    good: ['API', 'Shop front'],
    bad: ['', 'a\nb'],
  },
  {
    what: 'the URL of an endpoint',
    path: 'environments.production.endpoints[0].url',
    noun: 'an http:// or https:// URL',
    good: ['http://shop.example', 'https://shop.example:8443/@x?y=1'],
    bad: ['', 'shop.example', 'ftp://shop.example', '$URL', 'https://shop example'],
  },
  {
    what: 'the URL of a dependency',
    path: 'dependencies[1].url',
    noun: '$NAME (a key of the env file) or a URL',
    good: ['$REDIS_URL', '$_x1', 'redis://127.0.0.1:6379', 'postgresql://reader@db.internal/shop', 'http://[::1]:7700'],
    bad: ['', '$', '$1', '${REDIS_URL}', '$REDIS-URL', 'localhost:6379', 'redis', 'redis://a b'],
  },
  {
    what: 'the unit of a dependency',
    path: 'dependencies[0].unit',
    noun: 'a unit name that ends in .service',
    good: ['postgresql@14-main.service'],
    bad: ['nginx', '*.service'],
  },
  {
    what: 'the database of the backup',
    path: 'backup.database',
    noun: 'a $NAME, the key of a value in the env file',
    good: ['$DATABASE_URL'],
    bad: ['DATABASE_URL', '$A B', 'postgres://db', ''],
  },
  {
    what: 'the target of the backup',
    path: 'backup.to',
    noun: 's3://bucket/prefix or an absolute path',
    good: [
      's3://backups/{environment}',
      's3://backups-{environment}',
      's3://a.b-c/d/{environment}-x',
      '/var/backups/{environment}',
    ],
    bad: ['', 's3://', 's3://ab', 's3://Bucket/{environment}', 's3://backups/{env}', 's3://backups/{environment}/', 's3://backups//{environment}', 's3://backups/../{environment}', 'backups/{environment}', '/a/../{environment}', 'gs://backups/{environment}'], // prettier-ignore
  },
  {
    what: 'a number of dumps to keep',
    path: 'backup.keep.last',
    noun: 'a whole number (0-9999)',
    good: [0, 1, 9999],
    bad: [-1, 1.5, 10000, null, 'all'],
  },
  {
    what: 'the command of a hook',
    path: 'deploy.hooks.beforeSwitch.run',
    noun: 'a command on one line',
    good: ['npm run migrate'],
    bad: ['', 'a\nb', ['npm']],
  },
];

/** Returns the example as text with `value` at `path`, and without what refers to values of this table. */
function withValue(path: string, value: unknown): string {
  return exampleText({
    'services[1].after': [],
    'services[2].after': [],
    'deploy.hooks.afterDeploy.service': 'web-ui',
    [path]: value,
  });
}

describe('the values of an inventory', () => {
  for (const { what, path, noun, good, bad } of rules) {
    describe(what, () => {
      for (const value of good) {
        it(`may be ${shorten(value)}`, () => {
          expect(faultsOf(withValue(path, value))).to.eql([]);
        });
      }
      for (const value of bad) {
        it(`may not be ${shorten(value)}`, () => {
          const faults = faultsOf(withValue(path, value));
          expect(faults).to.have.length(1);
          expect(faults[0]).to.satisfy((fault: string) => fault.startsWith(`${path}: `));
          expect(faults[0]).to.satisfy((fault: string) => fault.endsWith(` is not ${noun}`));
        });
      }
    });
  }

  it('tells a number in quotes what to do', () => {
    expect(faultsOf(withValue('services[0].port', '3080'))).to.eql([
      'services[0].port: "3080" is not a port: write a number without quotes',
    ]);
  });

  it('suggests a runtime', () => {
    expect(faultsOf(withValue('services[0].runtime', 'nodejs'))).to.eql([
      'services[0].runtime: "nodejs" is not a runtime (node, go, python, other); did you mean "node"?',
    ]);
  });

  it('takes a number that is larger than any for no port', () => {
    expect(faultsOf(exampleText().replace('3000', '1e999'))).to.eql([
      'services[0].port: Infinity is not a port (1-65535)',
    ]);
  });

  it('never shows more than the beginning of a value, and no control characters', () => {
    const [fault] = faultsOf(withValue('services[0].health', `\u001b[31m\u202e${long(500)}`));
    expect(fault).to.equal(
      `services[0].health: "\\u001b[31m\\u202e${'a'.repeat(53)}…" is not a path that begins with "/"`,
    );
  });
});

function shorten(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 50 ? `${text.slice(0, 20)}… (${text.length} characters)` : text;
}
