import { isIPv6 } from 'node:net';
import * as v from 'valibot';
import * as pattern from './patterns.js';

/*
 * The schema of services.json: the source of the TypeScript types, of the checks of single values, and of
 * services.schema.json (`npm run schema`). The message of each schema says what a good value is, so that it completes
 * "80800 is not …". The descriptions are what an editor shows.
 */

const text = (noun: string, form: RegExp, description: string) =>
  v.pipe(v.string(noun), v.regex(form, noun), v.description(description));

const wholeNumber = (noun: string, from: number, to: number, description: string) =>
  v.pipe(v.number(noun), v.integer(noun), v.minValue(from, noun), v.maxValue(to, noun), v.description(description));

const listOf = <Item extends v.GenericSchema>(item: Item, noun: string, description: string) =>
  v.pipe(v.array(item, noun), v.description(description));

const name = (description: string) =>
  text('a name (a-z, 0-9 and "-", beginning with a letter)', pattern.NAME, description);

const path = (description: string) => text('a relative path (no "..", no spaces)', pattern.RELATIVE_PATH, description);

const unit = (description: string) => text('a unit name that ends in .service', pattern.UNIT, description);

const command = (description: string) => text('a command on one line', pattern.LINE, description);

const reference = (description: string) =>
  text('a $NAME, the key of a value in the env file', pattern.REFERENCE, description);

const healthPath = (description: string) => text('a path that begins with "/"', pattern.URL_PATH, description);

export const runtimes = ['node', 'go', 'python', 'other'] as const;

const HOST_NOUN = 'a host: name, address or user@host (ports go in the ssh config)';

export const hostSchema = v.pipe(
  v.string(HOST_NOUN),
  v.regex(pattern.HOST, HOST_NOUN),
  v.check((host) => {
    const address = host.slice(host.lastIndexOf('@') + 1);
    return !address.includes(':') || isIPv6(address);
  }, HOST_NOUN),
  v.description('Anything ssh understands: a name, user@address, or an alias of the ssh config.'),
);

const endpointSchema = v.object(
  {
    name: text('a name on one line', pattern.LINE, 'What status shows, such as API.'),
    url: text('an http:// or https:// URL', pattern.HTTP_URL, 'Asked from where paka runs, not from the host.'),
  },
  'an endpoint: an object with name and url',
);

const environmentSchema = v.object(
  {
    branch: text('the name of a git branch', pattern.BRANCH, 'The branch that is deployed to this environment.'),
    hosts: v.pipe(
      v.array(hostSchema, 'a list of hosts'),
      v.minLength(1, 'name one host at least'),
      v.description('PAKA_<ENVIRONMENT>_HOSTS, separated by commas, replaces them.'),
    ),
    envFile: path('The environment file of the services, relative to root, such as .env.production.'),
    confirm: v.optional(
      v.pipe(
        v.boolean('true or false'),
        v.description('Whether a person at a terminal is asked before a change; yes for production if it is left out.'),
      ),
    ),
    endpoints: v.optional(
      listOf(endpointSchema, 'a list of endpoints', 'Public addresses that status asks from the outside.'),
      [],
    ),
  },
  'an environment: an object with branch, hosts and envFile',
);

const serviceSchema = v.object(
  {
    name: name('The short name, as in `paka logs NAME`.'),
    title: v.optional(text('a title on one line', pattern.LINE, 'For people; the name if it is left out.')),
    unit: v.optional(unit('The systemd unit; the top-level template if it is left out.')),
    port: wholeNumber('a port (1-65535)', 1, 65535, 'The TCP port that the service listens on, on the host itself.'),
    runtime: v.pipe(
      v.picklist(runtimes, `a runtime (${runtimes.join(', ')})`),
      v.description('How the service is built and run; "other" builds only what build says.'),
    ),
    path: v.optional(path('Its directory in the repository; services/<name> if it is left out.')),
    uses: v.optional(
      listOf(path('A file or directory.'), 'a list of paths', 'Other paths of the repository that it is built from.'),
      [],
    ),
    build: v.optional(
      listOf(
        command('Run by a shell in the directory of the service.'),
        'a list of commands',
        'The build; if it is left out, that of the runtime. An empty list builds nothing.',
      ),
    ),
    health: v.optional(
      healthPath(
        'Answers 200 on http://127.0.0.1:<port> when the service is well. Without it only the port is checked.',
      ),
    ),
    after: v.optional(
      listOf(
        text('the name of a service', pattern.LINE, 'The name of another service.'),
        'a list of services',
        'Services that are restarted, and healthy, before this one.',
      ),
      [],
    ),
    startSeconds: v.optional(
      wholeNumber('seconds (1-3600)', 1, 3600, 'How long it may take from its restart until it is healthy.'),
      30,
    ),
    shared: v.optional(
      listOf(path('A file or directory.'), 'a list of paths', 'Runtime paths in its directory that outlive releases.'),
      [],
    ),
  },
  'a service: an object with name, port and runtime',
);

const dependencySchema = v.object(
  {
    name: name('What status shows, such as redis.'),
    unit: v.optional(unit('Its systemd unit, where it runs on the host itself.')),
    url: v.optional(
      text(
        '$NAME (a key of the env file) or a URL',
        pattern.REFERENCE_OR_URL,
        'Where the services reach it: $NAME for a key of the env file, or a URL without a password.',
      ),
    ),
    health: v.optional(healthPath('A path on its url that answers 200 when it is well.')),
  },
  'a dependency: an object with name, and unit or url',
);

const hookSchema = v.object(
  {
    service: text('the name of a service', pattern.LINE, 'It runs in the directory of this service.'),
    run: command('Run by a shell, once per host and deploy.'),
  },
  'a hook: an object with service and run',
);

const deploySchema = v.object(
  {
    hooks: v.optional(
      v.pipe(
        v.object(
          { beforeSwitch: v.optional(hookSchema), afterDeploy: v.optional(hookSchema) },
          'an object with beforeSwitch or afterDeploy',
        ),
        v.description('Commands beside the deploy itself, such as database migrations.'),
      ),
    ),
  },
  'an object with hooks',
);

const keep = (description: string) => v.optional(wholeNumber('a whole number (0-9999)', 0, 9999, description), 0);

const backupSchema = v.object(
  {
    database: reference('The key of the database URL in the env file, such as $DATABASE_URL.'),
    to: text(
      's3://bucket/prefix or an absolute path',
      pattern.BACKUP_TARGET,
      'Where dumps go: s3://bucket/prefix or a directory; {environment} stands for the environment.',
    ),
    keep: v.pipe(
      v.object(
        {
          last: keep('The newest dumps.'),
          daily: keep('The last dump of each of so many days.'),
          weekly: keep('The last dump of each of so many weeks.'),
          monthly: keep('The last dump of each of so many months.'),
        },
        'an object with last, daily, weekly or monthly',
      ),
      v.description('How many verified dumps outlive pruning.'),
    ),
  },
  'an object with database, to and keep',
);

export const inventorySchema = v.object(
  {
    $schema: v.optional(text('the address of a JSON Schema', pattern.LINE, 'For editors: ./services.schema.json')),
    name: name('The name of the whole, such as that of the shop.'),
    root: text(
      'an absolute path, other than / (no "..", no spaces)',
      pattern.ABSOLUTE_PATH,
      'The directory of the repository on every host.',
    ),
    user: text('the name of a Linux user', pattern.LINUX_USER, 'The user that the services run as and that deploys.'),
    unit: text(
      'a unit name that ends in .service, with {name} in it',
      pattern.UNIT_TEMPLATE,
      'The unit of every service without a unit of its own; {name} stands for its name.',
    ),
    repository: text('the address of a git repository', pattern.REPOSITORY, 'Where the hosts fetch from.'),
    environments: v.pipe(
      v.record(name('The name of an environment.'), environmentSchema, 'an object that holds environments by name'),
      v.minEntries(1, 'describe one environment at least'),
      v.description('Stacks of the same services, by name.'),
    ),
    services: v.pipe(
      v.array(serviceSchema, 'a list of services'),
      v.minLength(1, 'describe one service at least'),
      v.description('Everything that paka deploys, watches and restarts.'),
    ),
    dependencies: v.optional(
      listOf(dependencySchema, 'a list of dependencies', 'What the services need but paka does not deploy.'),
      [],
    ),
    deploy: v.optional(v.pipe(deploySchema, v.description('How a deploy goes.'))),
    backup: v.optional(v.pipe(backupSchema, v.description('How `paka backup` dumps the database.'))),
  },
  'an inventory: an object with name, services and so on',
);

/** An inventory file whose defaults are filled in. */
export type InventoryFile = v.InferOutput<typeof inventorySchema>;
