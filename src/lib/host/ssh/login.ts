import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { Environment } from '../environment.js';
import { HostUnreachableError } from '../errors.js';
import { quote } from '../quote.js';
import { harmless } from '../../text.js';
import { chosenAgent } from './agent.js';
import { sshArguments, type SshConfig } from './config.js';
import { loadIdentities } from './identities.js';
import type { SshLibrary } from './library.js';

/** How to log in, and, where that fails, what was tried. */
export interface Login {
  /** For ssh2, whose types leave out two things: the first call knows no `left` yet, and `false` ends the login. */
  readonly handler: (
    left: AuthenticationType[] | null,
    partial: boolean,
    next: (method: AnyAuthMethod | false) => void,
  ) => void;
  /** Returns the error for a login that was refused; `reason` is what the server said, if anything. */
  refused(reason?: string): HostUnreachableError;
}

/**
 * Prepares the login: the agent's keys, then key files, as ssh would (PubkeyAuthentication in ssh_config(5)), or PAKA_SSH_KEY alone.
 * Throws UsageError for a PAKA_SSH_KEY that is none.
 */
export async function prepareLogin(
  name: string,
  config: SshConfig,
  env: Environment,
  library: SshLibrary,
): Promise<Login> {
  const { user: username, agent } = config;
  const identities = await loadIdentities(config, env, library.ssh2.utils.parseKey);
  const tried: string[] = [];
  const notes = [...identities.unusable];
  const offered: Buffer[] = [];
  let accepted: readonly AuthenticationType[] = [];
  let partly = false;

  function* methods(): Generator<AnyAuthMethod> {
    if (agent !== undefined && env.PAKA_SSH_KEY === undefined) {
      const choice = {
        socket: agent,
        preferred: identities.publicKeys,
        only: config.identitiesOnly,
        onOffer: (keys: readonly { comment: string; getPublicSSH(): Buffer }[]) => {
          if (keys.length === 0) notes.push(`The agent at ${agent} has none that paka can use.`);
          offered.push(...keys.map((key) => key.getPublicSSH()));
          tried.push(...keys.map((key) => `${harmless(key.comment, 80)} (agent)`));
        },
        onFailure: (reason: string) => notes.push(`The agent at ${agent} is of no use: ${reason}.`),
      };
      yield { type: 'agent', username, agent: chosenAgent(library, choice) };
    }
    for (const { label, key } of identities.usable) {
      // The server counts attempts: none is spent on a key twice.
      if (offered.some((other) => other.equals(key.getPublicSSH()))) continue;
      tried.push(label);
      yield { type: 'publickey', username, key };
    }
    // Some servers let a user in by other means (Tailscale SSH); and the answer says what this one takes.
    yield { type: 'none', username };
  }

  const ways = methods();
  return {
    handler: (left, partial, next) => {
      if (left) accepted = left;
      partly ||= partial;
      const method = ways.next();
      next(method.done || partial ? false : method.value);
    },
    refused: (reason) => {
      const by = config.hostname === name ? '' : ` (${config.hostname})`;
      const words = partly
        ? `${name}${by}: took a key of ${username} and asks for more (${accepted.join(', ')}), which paka cannot give`
        : `${name}${by}: refused the login as ${username}${reason === undefined ? '' : `: ${reason}`}`;
      return new HostUnreachableError(name, words, {
        hint: [
          tried.length > 0
            ? `Tried: ${tried.join(', ')}.`
            : `There was no key to try; looked for ${identities.lookedFor.join(', ') || 'none'}.`,
          ...(agent === undefined && tried.length === 0 ? ['There is no agent (SSH_AUTH_SOCK).'] : []),
          ...notes,
          ...(/too many/i.test(reason ?? '') ? ['IdentitiesOnly in the ssh config offers the listed keys alone.'] : []),
          ...(accepted.length > 0 && !accepted.includes('publickey')
            ? [`The server takes ${accepted.join(', ')} only.`]
            : []),
          `See it step by step with \`ssh -v ${sshArguments(name, env).map(quote).join(' ')}\`.`,
        ].join('\n'),
      });
    },
  };
}
