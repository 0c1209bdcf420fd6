import { encodings } from '../text/encoding.ts'

/**
 * The encoding of texts before BIFF8, by the number that Windows has for it.
 * @returns windows-1252 where the number is unknown: the letters of ASCII are right at least
 */
export function encodingOfCodePage(codePage: number): string {
  const name =
    named[codePage] ?? (codePage >= 1250 && codePage <= 1258 ? `windows-${codePage}` : `ibm${codePage}`)
  return encodings.includes(name) ? name : 'windows-1252'
}

const named: Record<number, string> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20866: 'koi8-r',
  21866: 'koi8-u',
  28592: 'iso-8859-2',
  28595: 'iso-8859-5',
  28597: 'iso-8859-7',
  65001: 'utf-8',
  // How Excel for the Mac, and Excel 2 and 3 for Windows, write it.
  32768: 'macintosh',
  32769: 'windows-1252',
}
