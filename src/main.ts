import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plugin, run, type Interfaces } from '@oclif/core';
import { commands } from './commands/index.js';
import { UsageError } from './lib/errors.js';
import { didYouMean, suggest } from './lib/suggest.js';
import { reportFailure } from './cli/failure.js';

/** Runs one call of paka. Returns when it is done, its exit code in process.exitCode; `root` is the package's directory. */
export async function main(argv: string[], root: string): Promise<void> {
  // A rejection nobody waits for is a defect; the user is told so in one line, as of any other.
  process.once('uncaughtException', (error) => {
    reportFailure(error, argv);
    process.exit();
  });
  try {
    const options = await loadOptions(root);
    // `paka help status` is what people type who know git or systemctl.
    const call = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
    requireKnownCommand(call);
    await run(call, options);
  } catch (error) {
    reportFailure(error, argv);
  }
}

/**
 * Gives oclif the commands as a table instead of files to discover: in the bundle there are no files, and a manifest
 * lying about in a checkout would make it run stale code without a word.
 */
async function loadOptions(root: string): Promise<Interfaces.LoadOptions> {
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Interfaces.PJSON;
  const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
  Object.assign(plugin, {
    getCommandIDs: () => Promise.resolve(Object.keys(commands)),
    findCommand: (id: string) => {
      const command = commands[id];
      if (command) Object.assign(command, { id, plugin });
      return Promise.resolve(command);
    },
  });
  await plugin.load();
  return { root, pjson, plugins: new Map([[plugin.name, plugin]]) };
}

function requireKnownCommand(argv: readonly string[]): void {
  const name = argv[0];
  if (name === undefined || ['--help', '-h', '--version'].includes(name)) return;
  const known = [...new Set(Object.keys(commands).map((id) => id.split(':')[0] ?? id))];
  if (known.includes(name)) return;
  const message = name.startsWith('-')
    ? `${name} needs a command before it`
    : `there is no command ${JSON.stringify(name)}${didYouMean(suggest(name, known))}`;
  throw new UsageError(message, { hint: `Commands: ${known.join(', ')}. paka --help tells more.` });
}
