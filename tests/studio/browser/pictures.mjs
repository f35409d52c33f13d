// Files that people drop, made here: pictures of a known size, and the broken ones.

import { deflateSync } from 'node:zlib';

const kTable = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

// zlib.crc32 is younger than Debian 12's nodejs.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = kTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

const kSignature = Buffer.from('89504e470d0a1a0a', 'hex');

function header(width, height) {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);  // 8 bits, red green blue
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  return chunk('IHDR', data);
}

// Red grows to the right, green downwards.
export function png(width, height) {
  const rows = Buffer.alloc((1 + 3 * width) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + 3 * width) + 1 + 3 * x;
      rows[at] = (255 * x) / width;
      rows[at + 1] = (255 * y) / height;
      rows[at + 2] = 90;
    }
  }
  return Buffer.concat([kSignature, header(width, height), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

// A header that claims much, in few bytes.
export const bomb = (width, height) => Buffer.concat([kSignature, header(width, height), chunk('IEND', Buffer.alloc(0))]);

export const file = (name, buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });
