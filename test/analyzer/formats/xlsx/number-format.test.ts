import { describe, expect, test } from 'bun:test'
import { builtinKind, kindOf } from '../../../../src/analyzer/formats/xlsx/number-format.ts'

const kinds: Record<'number' | 'date' | 'time' | 'elapsed', string[]> = {
  number: [
    'General',
    '0',
    '0.00',
    '#,##0.00',
    '0%',
    '0.00E+00',
    '# ?/?',
    '@',
    '',
    ';;;',
    '"m"0',
    '0"d"',
    '[Red]0.00',
    '[Magenta]#,##0;[Red]-#,##0',
    '#,##0.00 "kr/md"',
    '#,##0.00 kr/md',
    '#,##0.00\\ "€"',
    '#,##0.00\\ [$€-407]',
    '[$$-409]#,##0.00;[RED]-[$$-409]#,##0.00',
    '_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-;_-* "-"??\\ _€_-;_-@_-',
    '#,##0\\ \\d\\a\\y\\s',
    '"Stand: "General',
    'General" Tage"',
    'Standard',
    'Основной',
    '# ##0,00р.',
    '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####',
    '0.0 "h"',
    '"yyyy-mm-dd"',
    '"text only"',
  ],
  date: [
    'yyyy-mm-dd',
    'yyyy\\-mm\\-dd\\ hh:mm:ss',
    'm/d/yy h:mm',
    'd-mmm',
    'mmmm',
    'dddd',
    'd. mmmm yyyy',
    '[$-409]d\\-mmm\\-yyyy;@',
    '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy',
    '[$-ru-RU]DD.MM.YYYY',
    'dd/mm/yyyy "kl." hh:mm',
    'yyyy"年"m"月"d"日"',
    'yyyy年m月d日',
    '[$-411]ge.m.d',
    'ДД.ММ.ГГГГ',
    'дд.мм.гггг',
    'дд.мм.гггг чч:мм',
    'TT.MM.JJJJ',
    'TT.MM.JJJJ hh:mm',
    'jj/mm/aaaa',
    'dd/mm/aaaa',
    'gg/mm/aaaa',
    'dd-mm-jjjj',
    'dd-mm-åååå',
    'pp.kk.vvvv',
    '[Red]yyyy-mm-dd',
    '[=0]"";dd.mm.yyyy',
  ],
  time: ['h:mm', 'h:mm AM/PM', 'hh:mm:ss', 'mm:ss.0', 'h "o\'clock"', 'чч:мм', 'h:mm A/P'],
  elapsed: ['[h]:mm', '[hh]:mm:ss', '[mm]:ss', '[ss].00', '[h]:mm:ss;@', '[Red][h]:mm', '[ч]:мм'],
}

for (const [kind, codes] of Object.entries(kinds)) {
  describe(`a format shows a ${kind}`, () => {
    for (const code of codes) {
      test(code, () => {
        expect(kindOf(code).kind).toBe(kind as keyof typeof kinds) // the keys of the object above
      })
    }
  })
}

test('a format of zeros alone pads with them', () => {
  expect(kindOf('00000')).toEqual({ kind: 'zeros', count: 5 })
  expect(kindOf('[$-407]00000')).toEqual({ kind: 'zeros', count: 5 })
  expect(kindOf('0000000000000;@')).toEqual({ kind: 'zeros', count: 13 })
})

test('built-in formats are known by their number', () => {
  const ofKind = (kind: string) =>
    Array.from({ length: 164 }, (_, id) => id).filter((id) => builtinKind(id).kind === kind)
  expect(ofKind('date')).toEqual([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
  expect(ofKind('time')).toEqual([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56])
  expect(ofKind('elapsed')).toEqual([46])
})
