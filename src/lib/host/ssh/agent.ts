import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { harmless } from '../../text.js';
import type { SshLibrary } from './library.js';

export interface AgentChoice {
  readonly socket: string;
  /** Public keys of the listed identity files: the agent's keys among them are offered first, in this order. */
  readonly preferred: readonly Buffer[];
  /** IdentitiesOnly: no other key of the agent is offered. */
  readonly only: boolean;
  /** Called with what is offered, or why the agent is of no use: one text for each. */
  onOffer(keys: readonly ParsedKey[]): void;
  onFailure(reason: string): void;
}

/**
 * Returns an agent that offers the keys which ssh would offer, in ssh's order: pubkey_prepare in OpenSSH's sshconnect2.c.
 * An agent that does not answer has no keys; in ssh2's own it ends the login, though key files may be left to try.
 */
export function chosenAgent({ ssh2 }: SshLibrary, choice: AgentChoice): BaseAgent {
  const inner = new ssh2.OpenSSHAgent(choice.socket);
  const rank = (key: ParsedKey): number =>
    choice.preferred.findIndex((preferred) => preferred.equals(key.getPublicSSH()));

  return new (class extends ssh2.BaseAgent<ParsedKey> {
    override getIdentities(callback: IdentityCallback<ParsedKey>): void {
      inner.getIdentities((error, known) => {
        if (error) choice.onFailure(harmless(error.message));
        // OpenSSHAgent hands out parsed keys, whatever else its type allows.
        const keys = (error ? [] : (known ?? [])) as ParsedKey[];
        const listed = keys.filter((key) => rank(key) >= 0).sort((one, other) => rank(one) - rank(other));
        const others = choice.only ? [] : keys.filter((key) => rank(key) < 0);
        choice.onOffer([...listed, ...others]);
        callback(null, [...listed, ...others]);
      });
    }

    override sign(
      key: ParsedKey,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ): void {
      if (typeof options === 'function') inner.sign(key, data, options);
      else inner.sign(key, data, options, callback);
    }
  })();
}
