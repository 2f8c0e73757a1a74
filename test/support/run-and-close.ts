import { command } from '../../src/lib/host/command.js';
import { openHost } from '../../src/lib/host/open.js';

// Runs a command on the host that the first argument names, closes it, and does nothing more: whether this process then ends by itself is
// what its caller wants to know.
async function main(): Promise<void> {
  const host = openHost(process.argv[2] ?? '', { local: false, env: process.env });
  const { stdout } = await host.run(command('echo', 'ran'));
  process.stdout.write(stdout);
  await host.close();
}

void main();
