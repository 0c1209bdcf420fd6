import { decodeEntities } from '../xlsx/text.ts'

/** Which references a text may hold: XML's five and those by number, or HTML's names as well. */
export type References = 'xml' | 'html'

/** Replaces references by what they stand for; unknown ones stay as they are written. NUL becomes U+FFFD. */
export function decodeReferences(text: string, references: References): string {
  if (!text.includes('&')) return text
  const decoded = decodeEntities(references === 'html' ? withoutNames(text) : text)
  return decoded.includes('\0') ? decoded.replaceAll('\0', '\ufffd') : decoded
}

/** HTML's names; those that XML knows too are left to it. */
function withoutNames(text: string): string {
  return text.replace(/&([a-zA-Z][a-zA-Z0-9]{1,9});/g, (whole, name: string) => named.get(name) ?? whole)
}

// The names that stand in tables: Latin 1 in the order of its codes, currency signs, marks and Greek letters.
// Source: HTML, section 13.5 (named character references).
const latin1 = `nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute
  micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil
  Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute
  Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute
  icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml`
const greek = `Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon
  Phi Chi Psi Omega`
const others: [name: string, character: string][] = [
  ['euro', '€'],
  ['trade', '™'],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['sbquo', '‚'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bdquo', '„'],
  ['lsaquo', '‹'],
  ['rsaquo', '›'],
  ['bull', '•'],
  ['dagger', '†'],
  ['permil', '‰'],
  ['prime', '′'],
  ['Prime', '″'],
  ['minus', '−'],
  ['asymp', '≈'],
  ['ne', '≠'],
  ['le', '≤'],
  ['ge', '≥'],
  ['larr', '←'],
  ['uarr', '↑'],
  ['rarr', '→'],
  ['darr', '↓'],
  ['harr', '↔'],
  ['infin', '∞'],
  ['OElig', 'Œ'],
  ['oelig', 'œ'],
  ['Scaron', 'Š'],
  ['scaron', 'š'],
  ['Yuml', 'Ÿ'],
  ['fnof', 'ƒ'],
  ['ensp', '\u2002'],
  ['emsp', '\u2003'],
  ['thinsp', '\u2009'],
  ['zwnj', '\u200c'],
  ['zwj', '\u200d'],
  ['lrm', '\u200e'],
  ['rlm', '\u200f'],
]

const named: ReadonlyMap<string, string> = new Map([
  ...codesFrom(latin1, 0xa0),
  ...codesFrom(greek, 0x391),
  ...codesFrom(
    greek.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    0x3b1,
  ),
  ['sigmaf', 'ς'],
  ...others,
])

function codesFrom(names: string, first: number): [string, string][] {
  return names.split(/\s+/).map((name, index) => [name, String.fromCharCode(first + index)])
}
