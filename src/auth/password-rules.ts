import { InvalidError } from '../lib/errors.ts'

export const passwordMin = 12
export const passwordMax = 256

/** Characters that have to be left of a password when all that anybody would try first is taken away. */
const restMin = 6
const differentMin = 5

/** What people take for passwords: in any spelling, with whatever numbers behind it. */
const trivia =
  /passw(or[dt]|d)|kennwort|geheim|secret|letmein|welcome|willkommen|admin(istrator)?|root|tallyman|qwert[yz](uiop)?|asdf(ghjkl)?|yxcvbnm|zxcvbnm|changeme|iloveyou|abc(def)?|login|test|user|\d+/g

/** As it is hashed: the same characters typed on another keyboard come out alike. */
export const foldedPassword = (password: string): string => password.normalize('NFKC')

/**
 * Refuses passwords that are short, or that somebody who knows the name would try first. No rules about digits and
 * signs: they make people choose `Password1!`. Source: NIST SP 800-63B, 3.1.1.2.
 * @throws InvalidError `weak_password`
 */
export function checkPassword(password: string, name: string): void {
  const length = [...foldedPassword(password)].length
  if (length < passwordMin || length > passwordMax)
    throw weak(`It has ${length} characters; ${passwordMin} to ${passwordMax} are needed.`)
  const plain = bare(password)
  const own = bare(name)
  for (const text of [plain, unleeted(plain)]) {
    const withoutName = own.length >= 3 ? text.replaceAll(own, '') : text
    if ([...withoutName.replace(trivia, '')].length < restMin)
      throw weak('It is made of a name, a number or a word that anybody would try first.')
  }
  if (new Set(plain).size < differentMin)
    throw weak(`It has fewer than ${differentMin} different letters and digits.`)
}

/** Letters and digits, in lower case; a password that has too few of them counts as it is. */
function bare(text: string): string {
  const folded = foldedPassword(text).toLowerCase()
  const letters = folded.replace(/[^\p{L}\p{N}]/gu, '')
  return letters.length < restMin ? folded : letters
}

const unleeted = (text: string) =>
  text.replace(/[013457]/g, (digit) => ({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' })[digit] ?? digit)

const weak = (why: string) =>
  new InvalidError(
    'weak_password',
    `This password cannot be used. ${why} A few unrelated words make a good one.`,
  )
