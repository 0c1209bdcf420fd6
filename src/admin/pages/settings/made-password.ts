/** Letters and digits that are not taken for one another. */
const signs = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password that nobody guesses, in groups that can be read out: 20 of 56 signs, 116 bits. */
export function madePassword(): string {
  const groups = Array.from({ length: 4 }, () => Array.from({ length: 5 }, randomSign).join(''))
  return groups.join('-')
}

function randomSign(): string {
  // What is left over behind the last whole run of signs would make the first of them likelier.
  const limit = 256 - (256 % signs.length)
  for (;;) {
    const byte = crypto.getRandomValues(new Uint8Array(1))[0] ?? limit
    if (byte < limit) return signs.charAt(byte % signs.length)
  }
}
