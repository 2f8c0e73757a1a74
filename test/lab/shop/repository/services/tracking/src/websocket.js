'use strict';
// The server's side of RFC 6455: handshake, text in fragments, ping, close. No extensions, no binary messages.
const { createHash } = require('node:crypto');
const { EventEmitter } = require('node:events');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_MESSAGE = 1 << 20;
const CONTINUATION = 0;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const PROTOCOL_ERROR = 1002;
const UNSUPPORTED_DATA = 1003;
const INVALID_TEXT = 1007;
const TOO_BIG = 1009;

/** Answers an upgrade request. Returns what sends and emits 'text' and 'close', or undefined when it has refused. */
function acceptWebSocket(request, socket, head) {
  const key = request.headers['sec-websocket-key'];
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !key) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return undefined;
  }
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return new WebSocketConnection(socket, head);
}

class WebSocketConnection extends EventEmitter {
  #socket;
  #unread;
  #fragments;
  #closing = false;

  constructor(socket, head) {
    super();
    this.#socket = socket;
    this.#unread = head;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.emit('close'));
    // What came with the handshake is read once the caller has added its listeners.
    process.nextTick(() => this.#read(Buffer.alloc(0)));
  }

  send(text) {
    this.#write(TEXT, Buffer.from(text));
  }

  close(code) {
    this.#write(CLOSE, Buffer.from([code >> 8, code & 255]));
    this.#closing = true;
    this.#socket.end();
  }

  #read(chunk) {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (!this.#closing) {
      const frame = parseFrame(this.#unread);
      if (!frame) return;
      if (frame.error) return this.close(frame.error);
      this.#unread = this.#unread.subarray(frame.size);
      this.#receive(frame);
    }
  }

  #receive({ final, opcode, payload }) {
    if (opcode === PING) return this.#write(PONG, payload);
    if (opcode === PONG) return;
    if (opcode === CLOSE) return this.close(payload.length >= 2 ? payload.readUInt16BE(0) : 1000);
    if (opcode !== TEXT && opcode !== CONTINUATION) return this.close(UNSUPPORTED_DATA);
    if ((opcode === CONTINUATION) !== Boolean(this.#fragments)) return this.close(PROTOCOL_ERROR);
    const message = Buffer.concat([this.#fragments ?? Buffer.alloc(0), payload]);
    if (message.length > MAX_MESSAGE) return this.close(TOO_BIG);
    this.#fragments = final ? undefined : message;
    if (!final) return;
    try {
      this.emit('text', new TextDecoder('utf-8', { fatal: true }).decode(message));
    } catch {
      this.close(INVALID_TEXT);
    }
  }

  #write(opcode, payload) {
    if (this.#closing || !this.#socket.writable) return;
    this.#socket.write(Buffer.concat([headerOf(opcode, payload.length), payload]));
  }
}

/** The first frame of the buffer, { error: close code } for one that is not allowed, undefined while it is incomplete. */
function parseFrame(buffer) {
  if (buffer.length < 2) return undefined;
  const final = (buffer[0] & 0x80) !== 0;
  const opcode = buffer[0] & 0x0f;
  const masked = (buffer[1] & 0x80) !== 0;
  const short = buffer[1] & 0x7f;
  const isControl = opcode >= CLOSE;
  if (!masked || (buffer[0] & 0x70) !== 0) return { error: PROTOCOL_ERROR };
  if (isControl && (!final || short > 125)) return { error: PROTOCOL_ERROR };
  const maskAt = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < maskAt + 4) return undefined;
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  if (length > MAX_MESSAGE) return { error: TOO_BIG };
  const size = maskAt + 4 + length;
  if (buffer.length < size) return undefined;
  const mask = buffer.subarray(maskAt, maskAt + 4);
  const payload = Buffer.from(buffer.subarray(maskAt + 4, size).map((byte, i) => byte ^ mask[i % 4]));
  return { final, opcode, payload, size };
}

function headerOf(opcode, length) {
  if (length < 126) return Buffer.from([0x80 | opcode, length]);
  if (length < 1 << 16) return Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
  const header = Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

module.exports = { acceptWebSocket };
