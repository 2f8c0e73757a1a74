import type { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * Keeps a channel's window shut while either of its outputs is full. Both share one window (RFC 4254, 5.2), and ssh2 1.17 opens it again
 * whenever one of the two is read: a dump that nobody reads at the moment, with a word of progress on standard error now and then, would
 * be received without end.
 */
export function guardWindow(channel: ClientChannel): void {
  guard(channel, channel.stderr);
  guard(channel.stderr, channel);
}

/** ssh2 opens the window when `push` wants more, and in `_read`. */
function guard(stream: Readable, other: Readable): void {
  const push = stream.push.bind(stream);
  const read = stream._read.bind(stream);
  stream.push = (chunk: unknown) => push(chunk) && !isFull(other);
  stream._read = (size) => {
    if (!isFull(other)) read(size);
  };
}

function isFull(stream: Readable): boolean {
  return stream.readableLength >= stream.readableHighWaterMark;
}
