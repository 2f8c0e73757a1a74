import { spawnSync } from 'node:child_process';
import { client } from './client.js';
import { bootHost, down, environments, labMachine, rebootHost, reset, up, type EnvironmentName } from './lab.js';
import { putInState, stateNamed, states } from './state.js';
import { commitToShop } from '../support/shop.js';
import { together, touchService, withFault } from '../support/shop-changes.js';
import { rootEnvironment } from './machine.js';
import { removeImages } from './image.js';
import { faultNamed, faults, serviceNamed, setFault } from './fault.js';

const usage = `usage: npm run lab -- COMMAND
  up                          boot the hosts and wait until all services answer
  down [--images]             remove hosts, mounts, links and processes (and the cached images)
  status                      which hosts run, and how to reach them
  ssh HOST [COMMAND…]         log in as the deploy user, as paka does
  exec HOST COMMAND…          run a command on the host as root
  reset HOST                  make the host anew
  cut HOST                    end the host as a power cut does
  reboot HOST                 shut it down in order, if it runs, and boot it with its disk as it was
  break HOST SERVICE FAULT    make a service misbehave: ${faults.join(', ')}
  mend HOST SERVICE           make it behave again
  state HOST STATE            make a fresh host look lived in: ${states.join(', ')}
  commit BRANCH SERVICE [FAULT]
                              push a change of a service to the shop's origin; prints the commit
HOST is staging or production, BRANCH main or production.`;

const began = Date.now();
const tell = (line: string): void => {
  console.error(`lab: ${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
};

async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'up':
      await up(tell);
      tell('up. To use it:');
      tell(
        `export PAKA_SSH_CONFIG=${client.sshConfig} PAKA_SERVICES=${client.services} NODE_EXTRA_CA_CERTS=${client.ca}`,
      );
      return 0;
    case 'running':
      return environments.every((name) => labMachine(name).leader !== undefined) ? 0 : 1;
    case 'down':
      await down();
      if (args.includes('--images')) removeImages();
      return 0;
    case 'status':
      for (const name of environments) console.log(describe(name));
      return 0;
    case 'ssh':
      return run('ssh', ['-F', client.sshConfig, labMachine(host(args[0])).name, ...args.slice(1)]);
    case 'exec':
      return run('nsenter', [...running(host(args[0])), ...args.slice(1)]);
    case 'reset':
      await reset(host(args[0]), tell);
      return 0;
    case 'cut':
      await labMachine(host(args[0])).powerCut();
      return 0;
    case 'reboot': {
      const name = host(args[0]);
      await (labMachine(name).leader === undefined ? bootHost(name) : rebootHost(name, 'in order'));
      return 0;
    }
    case 'state':
      await putInState(labMachine(host(args[0])), stateNamed(args[1]));
      return 0;
    case 'break':
      setFault(labMachine(host(args[0])), serviceNamed(args[1]), faultNamed(args[2]));
      return 0;
    case 'mend':
      setFault(labMachine(host(args[0])), serviceNamed(args[1]), undefined);
      return 0;
    case 'commit':
      console.log(commit(args[0], args[1], args[2]));
      return 0;
    default:
      console.error(usage);
      return 2;
  }
}

function host(name: string | undefined): EnvironmentName {
  const found = environments.find((environment) => environment === name || `pakashop-${environment}` === name);
  if (found === undefined) throw new Error(`${String(name)} is not a host of the lab: ${environments.join(', ')}`);
  return found;
}

/** Without a running host `nsenter` would run the command here, as root. */
function running(name: EnvironmentName): string[] {
  const { enterArguments } = labMachine(name);
  const terminal = process.env['TERM'] === undefined ? [] : [`TERM=${process.env['TERM']}`];
  if (enterArguments === undefined) throw new Error(`${labMachine(name).name} is not running: npm run lab -- up`);
  return [...enterArguments, 'env', '-i', ...rootEnvironment, ...terminal];
}

function describe(name: EnvironmentName): string {
  const machine = labMachine(name);
  const leader = machine.leader;
  return `${machine.name}  ${leader === undefined ? 'off' : `${machine.network.address}, PID 1 is ${leader} here`}`;
}

function commit(branch: string | undefined, service?: string, fault?: string): string {
  if (branch === undefined) throw new Error('a branch is missing: npm run lab -- commit BRANCH SERVICE [FAULT]');
  const name = serviceNamed(service);
  const change = withFault(name, fault === undefined ? undefined : faultNamed(fault));
  const message = fault === undefined ? `A change of ${name}` : `A change of ${name} that makes it fail`;
  return commitToShop(branch, together(change, touchService(name)), message);
}

function run(program: string, args: readonly string[]): number {
  return spawnSync(program, args, { stdio: 'inherit' }).status ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`lab: ${(error as Error).message}`);
  process.exitCode = 1;
}
